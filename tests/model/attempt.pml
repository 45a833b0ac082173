/* The attempt protocol: two printers, two records, one operator, one daemon that may be killed at any moment.
 *
 * What the model says of the world, in words of the trade:
 *  - A printer takes one command (print), feeds the lowest blank, lays ink, ejects. It answers, and answers may be lost or
 *    come late. It counts the cards that it fed. Its power may be cut in the middle; the card then lies there unfinished.
 *  - The daemon's memory is lost when it is killed; its books are not: every commit is one atomic step.
 *  - The operator looks at the card of an attempt in doubt once the printer is at rest, and says what is so. Whether a
 *    spoiled record is printed again is a decision of that person.
 *
 * The invariants are those of the blueprint's rules 1 to 4. Deliberate bugs are compiled in by -D, and each must be found.
 */

#define PRINTERS 2
#define RECORDS 2
#define BLANKS 2                       /* in each hopper; enough for one card of each record */
#ifndef KILLS
#define KILLS 2                        /* times that the daemon is killed */
#endif
#ifndef CUTS
#define CUTS 1                         /* times that power fails, at any printer */
#endif
#ifndef LOSSES
#define LOSSES 1                       /* answers that are lost or untrue, and as many that come late */
#endif

mtype = { queued, printing, doubt, printed, held };            /* of a job */
mtype = { none, open, in_doubt };                              /* of an attempt at a printer */
mtype = { hopper, inside, output, spoiled_bin };               /* of a blank, in the books */
mtype = { blank, partly, whole };                              /* of a blank, in truth */
mtype = { DONE, REFUSED, COUNT };                              /* answers */

/* the books: durable */
mtype job[RECORDS] = queued;
mtype attempt[PRINTERS] = none;
byte attempt_job[PRINTERS];
byte attempt_blank[PRINTERS];
byte attempt_before[PRINTERS];         /* counter when it began */
mtype place[4] = hopper;               /* of blank p * BLANKS + n */
bool decided[RECORDS];                 /* a person decided to print it once more */

/* truth */
mtype ink[4] = blank;
byte ink_of[4];                        /* whose ink: record + 1 */
byte fed[PRINTERS];                    /* blanks that left the hopper: the printer's counter */
bool working[PRINTERS];                /* a command is being done */
byte order_job[PRINTERS];

/* the wire: what was asked, what is answered; an answer may still be under way when the next question is asked */
chan ask[PRINTERS] = [1] of { mtype, byte };
chan say[PRINTERS] = [2] of { mtype, byte };
bool late[PRINTERS];                   /* an answer that nobody has heard yet, and that comes when it likes */
mtype late_what[PRINTERS];
byte late_number[PRINTERS];

/* the daemon's memory */
bool taken[RECORDS];
bool recovered;
byte life;                             /* number of the daemon's life; a step of an earlier one never happens */

byte kills = KILLS, cuts = CUTS, losses = LOSSES, lates = LOSSES;

inline lowest(p, b) {                  /* the lowest blank of a hopper in the books, or 255 */
	b = 255;
	if
	:: place[p * BLANKS] == hopper -> b = p * BLANKS
	:: else ->
		if
		:: place[p * BLANKS + 1] == hopper -> b = p * BLANKS + 1
		:: else
		fi
	fi
}

inline answer(p, what, number) {
	if
	:: nfull(say[p]) -> say[p] ! what, number
	:: full(say[p])
	:: losses > 0 -> losses--                                  /* it is lost */
	:: lates > 0 && !late[p] -> lates--; late[p] = true; late_what[p] = what; late_number[p] = number
	fi
}

/* ---------------------------------------------------------------------------------------------------- printers */
proctype Printer(byte p) {
	mtype what;
	byte who, b;
	end: do
	:: atomic { ask[p] ? what, who ->
		if
		:: what == COUNT -> answer(p, COUNT, fed[p])
		:: else ->
			if
			:: fed[p] == BLANKS -> answer(p, REFUSED, 0)      /* feeder empty: nothing was touched */
			:: fed[p] < BLANKS -> answer(p, REFUSED, 0)       /* cover open, ribbon missing: nothing was touched */
			:: losses > 0 -> losses--; answer(p, DONE, 0)     /* a printer that lies: nothing was done */
			:: fed[p] < BLANKS -> working[p] = true; order_job[p] = who; b = p * BLANKS + fed[p]; fed[p]++
			fi
		fi
	   }
	:: working[p] ->
		if                                                     /* ink, or the power fails before or in it */
		:: atomic { ink[b] = partly; ink_of[b] = order_job[p] + 1 }
		:: atomic { cuts > 0 -> cuts--; working[p] = false; goto end }
		fi;
		if
		:: atomic { ink[b] = whole; working[p] = false; answer(p, DONE, 0) }
		:: atomic { cuts > 0 -> cuts--; working[p] = false }
		fi
	:: atomic { late[p] && nfull(say[p]) -> late[p] = false; say[p] ! late_what[p], late_number[p] }
	od
}

/* ------------------------------------------------------------------------------------------------------ workers */
inline drain(p) {
	do
	:: say[p] ? _, _
	:: empty(say[p]) -> break
	od
}

inline new_connection(p) {             /* what is under way on the old one is never heard */
	drain(p); late[p] = false
}

#define ALIVE (life == mine)

proctype Worker(byte p) {
	byte mine, r, b, before, now;
	bool heard, good, refused;
end:	do
	:: atomic { !ALIVE -> goto dead }
	:: atomic { ALIVE && recovered && attempt[p] == none && !working[p] && nfull(ask[p]) ->
		/* how many cards were fed, before anything: silence is not an answer */
		drain(p); ask[p] ! COUNT, 0; heard = false }
		if
		:: atomic { ALIVE && say[p] ? [COUNT, now] -> say[p] ? COUNT, before; heard = true }
		:: atomic { ALIVE && say[p] ? [DONE, now] -> say[p] ? DONE, now }
		:: atomic { ALIVE && say[p] ? [REFUSED, now] -> say[p] ? REFUSED, now }
		:: atomic { ALIVE && empty(ask[p]) && empty(say[p]) -> skip }       /* the deadline passes */
		:: atomic { !ALIVE -> goto dead }
		fi;
		if
		:: atomic { !heard -> new_connection(p) }
		:: atomic { heard && ALIVE ->
			lowest(p, b);
			if
			:: b != 255 && job[0] == queued && !taken[0] -> r = 0
			:: b != 255 && job[1] == queued && !taken[1] -> r = 1
			:: else -> b = 255
			fi;
			if
			:: b == 255 -> skip
			:: else -> taken[r] = true
			fi
		   }
		   if
		   :: atomic { b == 255 -> skip }
		   :: atomic { b != 255 && ALIVE ->
#ifdef BUG_NO_INTENT
			skip
#else
			/* tx 1: the intent */
			attempt[p] = open; attempt_job[p] = r; attempt_blank[p] = b; attempt_before[p] = before;
			job[r] = printing; place[b] = inside
#endif
			;taken[r] = false
			}
			if
			:: atomic { ALIVE && nfull(ask[p]) -> drain(p); ask[p] ! DONE, r }  /* the first byte leaves */
			:: atomic { !ALIVE -> goto dead }
			fi;
			good = false; refused = false;
			if
			:: atomic { ALIVE && say[p] ? [DONE, now] -> say[p] ? DONE, now; good = true }
			:: atomic { ALIVE && say[p] ? [REFUSED, now] -> say[p] ? REFUSED, now; refused = true }
			:: atomic { ALIVE && say[p] ? [COUNT, now] -> say[p] ? COUNT, now }      /* out of step: nothing is believed */
			:: atomic { ALIVE && empty(say[p]) && empty(ask[p]) -> skip }            /* the deadline passes */
			:: atomic { !ALIVE -> goto dead }
			fi;
			heard = false;
			if
			:: atomic { ALIVE && !working[p] && nfull(ask[p]) -> drain(p); ask[p] ! COUNT, 0 }
			:: atomic { ALIVE && working[p] -> skip }                                /* it does not answer at work */
			:: atomic { !ALIVE -> goto dead }
			fi;
			if
			:: atomic { ALIVE && say[p] ? [COUNT, now] -> say[p] ? COUNT, now; heard = true }
			:: atomic { ALIVE && say[p] ? [DONE, now] -> say[p] ? DONE, now }
			:: atomic { ALIVE && say[p] ? [REFUSED, now] -> say[p] ? REFUSED, now }
			:: atomic { ALIVE && empty(say[p]) && empty(ask[p]) -> skip }
			:: atomic { !ALIVE -> goto dead }
			fi;
			/* tx 2: the outcome */
			if
			:: atomic { ALIVE ->
				if
#ifdef BUG_NO_CONFIRM
				:: good ->
#else
				:: good && heard && now == before + 1 ->
#endif
					job[r] = printed; place[b] = output; attempt[p] = none
				:: !good && refused && heard && now == before ->
					job[r] = queued; place[b] = hopper; attempt[p] = none
#ifdef BUG_TIMEOUT_IS_UNUSED
				:: !good && !refused ->
					job[r] = queued; place[b] = hopper; attempt[p] = none
#endif
				:: else -> attempt[p] = in_doubt; job[r] = doubt
				fi;
				new_connection(p); r = 0; b = 0; before = 0; now = 0; heard = false; good = false; refused = false
			   }
			:: atomic { !ALIVE -> goto dead }
			fi
		   :: atomic { !ALIVE -> goto dead }
		   fi
		:: atomic { !ALIVE -> goto dead }
		fi
	od;
dead:	atomic {                               /* what this life knew is forgotten; the next one begins after recovery */
		recovered -> mine = life; r = 0; b = 0; before = 0; now = 0; heard = false; good = false; refused = false;
		goto end
	}
}

/* -------------------------------------------------------------------------------------- the daemon and its killer */
inline recover() {
	byte q;
	q = 0;
	do
	:: q < PRINTERS ->
		if
		:: attempt[q] == open ->
#ifdef BUG_REQUEUE_AT_START
			attempt[q] = none; job[attempt_job[q]] = queued; place[attempt_blank[q]] = hopper
#else
			attempt[q] = in_doubt; job[attempt_job[q]] = doubt
#endif
		:: else
		fi;
		new_connection(q);
		q++
	:: else -> break
	od
}

proctype Killer() {
	end: do
	:: atomic { kills > 0 -> kills--; life++; recovered = false; taken[0] = false; taken[1] = false;
		recover(); recovered = true }
	od
}

/* ---------------------------------------------------------------------------------------------------- the person */
proctype Operator() {
	byte p, b, r;
	end: do
	:: atomic { attempt[0] == in_doubt && !working[0] && empty(ask[0]) -> p = 0; goto settle }
	:: atomic { attempt[1] == in_doubt && !working[1] && empty(ask[1]) -> p = 1; goto settle }
#ifdef BUG_SETTLED_AT_WORK
	:: atomic { attempt[0] == in_doubt -> p = 0; goto settle }
#endif
	:: atomic { job[0] == held -> job[0] = queued; decided[0] = true }         /* print it again */
	:: atomic { job[1] == held -> job[1] = queued; decided[1] = true }
	od;
settle:	atomic {
		b = attempt_blank[p]; r = attempt_job[p];
		if
		:: ink[b] == whole -> job[r] = printed; place[b] = output
		:: ink[b] == partly -> job[r] = held; place[b] = spoiled_bin
		:: ink[b] == blank && b < p * BLANKS + fed[p] -> job[r] = queued; place[b] = spoiled_bin /* it was fed: apart */
		:: ink[b] == blank && b >= p * BLANKS + fed[p] -> job[r] = queued; place[b] = hopper
		fi;
#ifndef BUG_OLD_CONNECTION
		new_connection(p);      /* an answer to the settled attempt is not heard as one to the next */
#endif
		attempt[p] = none; b = 0; r = 0
	}
	goto end
}

/* ------------------------------------------------------------------------------------------------- what must hold */
#define GOOD(b, r) (ink[b] == whole && ink_of[b] == r + 1)
#define CARDS(r) (GOOD(0, r) + GOOD(1, r) + GOOD(2, r) + GOOD(3, r))
#define TRUE_PLACE(b, p, n) (place[b] != hopper || n >= fed[p] || attempt[p] != none || working[p])

proctype Auditor() {
	end: atomic {
		!(
			/* no record has two good cards */
			CARDS(0) <= 1 && CARDS(1) <= 1 &&
			/* what is booked as printed is a good card of a record */
			(place[0] != output || ink[0] == whole) && (place[1] != output || ink[1] == whole) &&
			(place[2] != output || ink[2] == whole) && (place[3] != output || ink[3] == whole) &&
			/* a record is printed when, and only when, it has its card */
			(job[0] != printed || CARDS(0) == 1) && (job[1] != printed || CARDS(1) == 1) &&
			/* ink lies only on blanks of which the books know that they left the hopper: the intent came first */
			(ink[0] == blank || place[0] != hopper) && (ink[1] == blank || place[1] != hopper) &&
			(ink[2] == blank || place[2] != hopper) && (ink[3] == blank || place[3] != hopper) &&
			/* no blank that was fed is a blank in the hopper of the books, once nothing is under way there */
			TRUE_PLACE(0, 0, 0) && TRUE_PLACE(1, 0, 1) && TRUE_PLACE(2, 1, 0) && TRUE_PLACE(3, 1, 1)
		) -> assert(false)
	}
}

init {
	atomic {
		recovered = true;
		run Printer(0); run Printer(1); run Worker(0); run Worker(1);
		run Killer(); run Operator(); run Auditor()
	}
}
