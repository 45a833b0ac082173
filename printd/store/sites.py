"""SQL of sites, their reports and the cards that they printed."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from printd.store.rows import first, rows
from printd.store.tables.sites import SiteCardRow, SiteReportRow, SiteRow, site, site_card, site_report


def put_site(connection: Connection, row: SiteRow) -> None:
    """Write a site, new or changed."""
    known = connection.execute(site.update().where(site.c.name == row["name"]).values(**row))
    if known.rowcount == 0:
        connection.execute(site.insert(), row)


def find_site(connection: Connection, name: str) -> SiteRow | None:
    """Return one site."""
    return first(connection, sa.select(site).where(site.c.name == name), SiteRow)


def sites(connection: Connection) -> list[SiteRow]:
    """Return all sites by name."""
    return rows(connection, sa.select(site).order_by(site.c.name), SiteRow)


def last_report(connection: Connection, name: str, stock_type: str) -> SiteReportRow | None:
    """Return what a site reported last of a stock type."""
    of = sa.select(site_report).where(site_report.c.site == name, site_report.c.stock_type == stock_type)
    return first(connection, of.order_by(site_report.c.seq.desc()).limit(1), SiteReportRow)


def add_report(connection: Connection, row: SiteReportRow) -> None:
    """Write what a site reported."""
    connection.execute(site_report.insert(), row)


def add_site_card(connection: Connection, row: SiteCardRow) -> None:
    """Write a card that a site printed."""
    connection.execute(site_card.insert(), row)


def site_card_of_job(connection: Connection, name: str, job: str) -> SiteCardRow | None:
    """Return the card that a site printed for a job of its register."""
    return first(connection, sa.select(site_card).where(site_card.c.site == name, site_card.c.job == job), SiteCardRow)


def site_cards_between(connection: Connection, low: str, high: str) -> list[SiteCardRow]:
    """Return the cards that sites printed, by reports booked in a period, in order."""
    query = sa.select(site_card).where(site_card.c.at >= low, site_card.c.at < high)
    return rows(connection, query.order_by(site_card.c.seq), SiteCardRow)
