/* The attempt protocol: two printers, two records, one operator, one daemon that may be killed at any moment.
 *
 * What the model says of the world, in words of the trade:
 *  - A printer takes one command (print), feeds the lowest blank, lays ink, ejects. It answers, and answers may be lost or
 *    come late. It counts the cards that it fed. Its power may be cut in the middle; the card then lies there unfinished.
 *    Its ribbon may end in the middle; it says so, and the card goes to the reject box. It may feed two blanks at once and
 *    count one card; the second blank comes out beside it, untouched.
 *  - The daemon's memory is lost when it is killed; its books are not: every commit is one atomic step.
 *  - The operator looks at the card of an attempt in doubt once the printer is at rest, and says what is so. Whether a
 *    spoiled record is printed again is a decision of that person. Some time after a double feed, or never, people read
 *    the serials of the cards that lie outside, and correct the books: the latest card first.
 *
 * The invariants are those of the blueprint's rules 1 to 4. Deliberate bugs are compiled in by -D, and each must be found.
 */

#define PRINTERS 2
#define RECORDS 2
#ifndef BLANKS
#define BLANKS 2                       /* in each hopper, 2 or 4; enough for one card of each record */
#endif
#define ALL (PRINTERS * BLANKS)
#define NONE 255
#ifndef KILLS
#define KILLS 2                        /* times that the daemon is killed */
#endif
#ifndef CUTS
#define CUTS 1                         /* times that power fails, at any printer */
#endif
#ifndef LOSSES
#define LOSSES 1                       /* answers that are lost or untrue, and as many that come late */
#endif
#ifndef MISFEEDS
#define MISFEEDS 0                     /* times that two blanks are fed at once */
#endif
#ifndef RIBBONS
#define RIBBONS 0                      /* times that a ribbon ends in the middle of a card */
#endif

mtype = { queued, printing, doubt, printed, held };            /* of a job */
mtype = { none, open, in_doubt };                              /* of an attempt at a printer */
mtype = { hopper, inside, output, spoiled_bin, apart };        /* of a blank, in the books */
mtype = { blank, partly, whole };                              /* of a blank, in truth */
mtype = { DONE, REFUSED, REJECTED, COUNT };                    /* answers */

/* the books: durable */
mtype job[RECORDS] = queued;
mtype attempt[PRINTERS] = none;
byte attempt_job[PRINTERS];
byte attempt_blank[PRINTERS];
byte attempt_before[PRINTERS];         /* counter when it began */
mtype place[ALL] = hopper;             /* of blank p * BLANKS + n */
bool decided[RECORDS];                 /* a person decided to print it once more */

/* truth */
mtype ink[ALL] = blank;
byte ink_of[ALL];                      /* whose ink: record + 1 */
byte fed[PRINTERS];                    /* cards that were fed: the printer's counter */
byte gone[PRINTERS];                   /* blanks that left the hopper */
byte out[PRINTERS] = NONE;             /* the blank of the card that was fed, until its attempt is over in the books */
byte really[ALL] = NONE;               /* which blank the card is on that the books have on this one, once it is over */
bool astray[PRINTERS];                 /* two blanks were fed at once, and nobody has put the books right yet */
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

byte kills = KILLS, cuts = CUTS, losses = LOSSES, lates = LOSSES, misfeeds = MISFEEDS, ribbons = RIBBONS;

inline lowest(p, b) {                  /* the lowest blank of a hopper in the books, or NONE */
	b = p * BLANKS;
	do
	:: b < (p + 1) * BLANKS && place[b] != hopper -> b++
	:: b < (p + 1) * BLANKS && place[b] == hopper -> break
	:: b == (p + 1) * BLANKS -> b = NONE; break
	od
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
inline feed(p, b) {
	working[p] = true; order_job[p] = who; b = p * BLANKS + gone[p]; out[p] = b; gone[p]++; fed[p]++
}

proctype Printer(byte p) {
	mtype what;
	byte who, b;
	end: do
	:: atomic { ask[p] ? what, who ->
		if
		:: what == COUNT -> answer(p, COUNT, fed[p])
		:: else ->
			if
			:: gone[p] == BLANKS -> answer(p, REFUSED, 0)     /* feeder empty: nothing was touched */
			:: gone[p] < BLANKS -> answer(p, REFUSED, 0)      /* cover open, ribbon missing: nothing was touched */
			:: losses > 0 -> losses--; answer(p, DONE, 0)     /* a printer that lies: nothing was done */
			:: gone[p] < BLANKS -> feed(p, b)
			:: misfeeds > 0 && gone[p] + 1 < BLANKS -> misfeeds--; feed(p, b); gone[p]++; astray[p] = true
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
		:: atomic { ribbons > 0 -> ribbons--; working[p] = false; answer(p, REJECTED, 0) }
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

inline over(p, b) {                    /* an attempt ended in the books: its card lies there for people to look at */
	really[b] = out[p]; out[p] = NONE
}

#define ALIVE (life == mine)

proctype Worker(byte p) {
	byte mine, r, b, before, now;
	bool heard, good, refused, rejected;
end:	do
	:: atomic { !ALIVE -> goto dead }
	:: atomic { ALIVE && recovered && attempt[p] == none && !working[p] && nfull(ask[p]) ->
		/* how many cards were fed, before anything: silence is not an answer */
		drain(p); ask[p] ! COUNT, 0; heard = false }
		if
		:: atomic { ALIVE && say[p] ? [COUNT, now] -> say[p] ? COUNT, before; heard = true }
		:: atomic { ALIVE && say[p] ? [DONE, now] -> say[p] ? DONE, now }
		:: atomic { ALIVE && say[p] ? [REFUSED, now] -> say[p] ? REFUSED, now }
		:: atomic { ALIVE && say[p] ? [REJECTED, now] -> say[p] ? REJECTED, now }
		:: atomic { ALIVE && empty(ask[p]) && empty(say[p]) -> skip }       /* the deadline passes */
		:: atomic { !ALIVE -> goto dead }
		fi;
		if
		:: atomic { !heard -> new_connection(p) }
		:: atomic { heard && ALIVE ->
			lowest(p, b);
			if
			:: b != NONE && job[0] == queued && !taken[0] -> r = 0
			:: b != NONE && job[1] == queued && !taken[1] -> r = 1
			:: else -> b = NONE
			fi;
			if
			:: b == NONE -> skip
			:: else -> taken[r] = true
			fi
		   }
		   if
		   :: atomic { b == NONE -> skip }
		   :: atomic { b != NONE && place[b] != hopper && ALIVE -> taken[r] = false; goto end }  /* the books refuse it */
		   :: atomic { b != NONE && place[b] == hopper && ALIVE ->
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
			good = false; refused = false; rejected = false;
			if
			:: atomic { ALIVE && say[p] ? [DONE, now] -> say[p] ? DONE, now; good = true }
			:: atomic { ALIVE && say[p] ? [REFUSED, now] -> say[p] ? REFUSED, now; refused = true }
			:: atomic { ALIVE && say[p] ? [REJECTED, now] -> say[p] ? REJECTED, now; rejected = true }
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
			:: atomic { ALIVE && say[p] ? [REJECTED, now] -> say[p] ? REJECTED, now }
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
					job[r] = printed; place[b] = output; attempt[p] = none; over(p, b)
				:: rejected && heard && now == before + 1 ->
					job[r] = held; place[b] = spoiled_bin; attempt[p] = none; over(p, b)
				:: !good && refused && heard && now == before ->
					job[r] = queued; place[b] = hopper; attempt[p] = none
#ifdef BUG_TIMEOUT_IS_UNUSED
				:: !good && !refused && !rejected ->
					job[r] = queued; place[b] = hopper; attempt[p] = none
#endif
				:: else -> attempt[p] = in_doubt; job[r] = doubt
				fi;
				new_connection(p); r = 0; b = 0; before = 0; now = 0; heard = false; good = false; refused = false; rejected = false
			   }
			:: atomic { !ALIVE -> goto dead }
			fi
		   :: atomic { !ALIVE -> goto dead }
		   fi
		:: atomic { !ALIVE -> goto dead }
		fi
	od;
dead:	atomic {                               /* what this life knew is forgotten; the next one begins after recovery */
		recovered -> mine = life; r = 0; b = 0; before = 0; now = 0; heard = false; good = false; refused = false; rejected = false;
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
inline exchange(b, c, where) {         /* two blanks, each where the other was; the other one is believed unprinted */
	if
	:: b != c -> assert(place[c] == hopper); place[c] = where; place[b] = hopper
	:: else
	fi
}

#ifdef BUG_SPOILED_STAYS
#define CORRECTED(b) (place[b] == output)
#else
#define CORRECTED(b) (place[b] == output || place[b] == spoiled_bin)
#endif

inline put_right(b) {
	c = really[b];
	if
	:: c != NONE && c != b && CORRECTED(b) -> exchange(b, c, place[b]); really[c] = c; really[b] = NONE
	:: else
	fi
}

inline correct(p) {                    /* the printer is paused for it, and every card in hand */
#ifdef BUG_EARLIEST_FIRST
	b = p * BLANKS;
	do
	:: b < (p + 1) * BLANKS -> put_right(b); b++
#else
	b = (p + 1) * BLANKS;
	do
	:: b > p * BLANKS -> b--; put_right(b)
#endif
	:: else -> break
	od;
	b = p * BLANKS;
	do                             /* what came out untouched is in the hopper of the books: it is skipped */
	:: b < p * BLANKS + gone[p] ->
		if
		:: place[b] == hopper && ink[b] == blank -> place[b] = apart
		:: else
		fi;
		b++
	:: else -> break
	od;
	astray[p] = false; b = 0; c = 0
}

proctype Operator() {
	byte p, b, c, r;
	end: do
	:: atomic { attempt[0] == in_doubt && !working[0] && empty(ask[0]) -> p = 0; goto settle }
	:: atomic { attempt[1] == in_doubt && !working[1] && empty(ask[1]) -> p = 1; goto settle }
#ifdef BUG_SETTLED_AT_WORK
	:: atomic { attempt[0] == in_doubt -> p = 0; goto settle }
#endif
	:: atomic { job[0] == held -> job[0] = queued; decided[0] = true }         /* print it again */
	:: atomic { job[1] == held -> job[1] = queued; decided[1] = true }
#if MISFEEDS
	:: atomic { astray[0] && attempt[0] == none && !working[0] && empty(ask[0]) -> correct(0) }
	:: atomic { astray[1] && attempt[1] == none && !working[1] && empty(ask[1]) -> correct(1) }
#endif
	od;
settle:	atomic {
		b = attempt_blank[p]; r = attempt_job[p]; c = out[p];
		if
		:: c == NONE -> job[r] = queued; place[b] = hopper                    /* nothing was fed */
		:: c != NONE ->
			exchange(b, c, inside);                                        /* the books follow the card in hand */
			if
			:: ink[c] == whole -> job[r] = printed; place[c] = output
			:: ink[c] == partly -> job[r] = held; place[c] = spoiled_bin
			:: ink[c] == blank -> job[r] = queued; place[c] = spoiled_bin  /* it was fed: apart */
			fi;
			over(p, c)
		fi;
#ifndef BUG_OLD_CONNECTION
		new_connection(p);      /* an answer to the settled attempt is not heard as one to the next */
#endif
		attempt[p] = none; b = 0; c = 0; r = 0
	}
	goto end
}

/* ------------------------------------------------------------------------------------------------- what must hold */
#if BLANKS == 2
#define EACH(what) (what(0) && what(1) && what(2) && what(3))
#define CARDS(r) (GOOD(0, r) + GOOD(1, r) + GOOD(2, r) + GOOD(3, r))
#else
#define EACH(what) (what(0) && what(1) && what(2) && what(3) && what(4) && what(5) && what(6) && what(7))
#define CARDS(r) (GOOD(0, r) + GOOD(1, r) + GOOD(2, r) + GOOD(3, r) + \
	GOOD(4, r) + GOOD(5, r) + GOOD(6, r) + GOOD(7, r))
#endif
#define GOOD(b, r) (ink[b] == whole && ink_of[b] == r + 1)
#define OF(b) ((b) / BLANKS)
/* what is booked as printed is a good card of a record */
#define TRUE_CARD(b) (place[b] != output || ink[b] == whole || astray[OF(b)])
/* ink lies only on blanks of which the books know that they left the hopper: the intent came first */
#define TRUE_INK(b) (ink[b] == blank || place[b] != hopper || astray[OF(b)])
/* no blank that was fed is a blank in the hopper of the books, once nothing is under way there */
#define TRUE_PLACE(b) (place[b] != hopper || (b) % BLANKS >= gone[OF(b)] || attempt[OF(b)] != none || working[OF(b)] || \
	astray[OF(b)])
/* and the other way round: what never left the hopper is nowhere else */
#define TRUE_HOPPER(b) (place[b] == hopper || (b) % BLANKS < gone[OF(b)] || attempt[OF(b)] != none || astray[OF(b)])

proctype Auditor() {
	end: atomic {
		!(
			/* no record has two good cards */
			CARDS(0) <= 1 && CARDS(1) <= 1 &&
			/* a record is printed when, and only when, it has its card */
			(job[0] != printed || CARDS(0) == 1) && (job[1] != printed || CARDS(1) == 1) &&
			EACH(TRUE_CARD) && EACH(TRUE_INK) && EACH(TRUE_PLACE) && EACH(TRUE_HOPPER)
		) -> assert(false)
	}
}

init {
	atomic {
		recovered = true;
		run Printer(0); run Worker(0);
#ifndef ALONE                          /* the second printer stands still */
		run Printer(1); run Worker(1);
#endif
		run Killer(); run Operator(); run Auditor()
	}
}
