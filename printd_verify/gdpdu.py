"""The description of a pack's tables by which audit programs import them: `index.xml` of the GDPdU standard.

*Beschreibungsstandard für die Datenträgerüberlassung*, version 1.1 (DTD of 1 August 2002): programs such as IDEA or
ACL read it and need no other word about columns, types and the sign between them. The DTD is written here as the
standard declares its elements, without its comments.
"""

from __future__ import annotations

from typing import Final
from xml.sax.saxutils import escape

from printd_verify.tables import EVERY, KEY, TABLES, Column, Table

INDEX: Final = "index.xml"
DTD: Final = "gdpdu-01-08-2002.dtd"

_KINDS: Final = {
    "number": "<Numeric/>",
    "text": "<AlphaNumeric/>",
    "date": "<Date><Format>YYYY-MM-DD</Format></Date>",
}

DTD_TEXT: Final = """\
<?xml version="1.0" encoding="UTF-8"?>
<!-- GDPdU, Beschreibungsstandard fuer die Datentraegerueberlassung, version 1.1 of 1 August 2002: its elements. -->

<!-- What is handed over, by whom, on which media. -->
<!ELEMENT DataSet (Version, DataSupplier?, Command*, Media+, Command*)>
<!ELEMENT Version (#PCDATA)>
<!ELEMENT DataSupplier (Name, Location, Comment)>
<!ELEMENT Media (Name, Command*, Table+, Command*)>
<!ELEMENT Command (#PCDATA)>
<!ELEMENT Name (#PCDATA)>
<!ELEMENT Location (#PCDATA)>
<!ELEMENT Comment (#PCDATA)>
<!ELEMENT Description (#PCDATA)>

<!-- A table: its file, its letters, where its rows begin. -->
<!ELEMENT Table (URL, Name?, Description?, Validity?, (ANSI | Macintosh | OEM | UTF16 | UTF7 | UTF8)?, \
(DecimalSymbol, DigitGroupingSymbol)?, SkipNumBytes?, Range?, Epoch?, (VariableLength | FixedLength))>
<!ELEMENT URL (#PCDATA)>
<!ELEMENT Validity (Range, Format?)>
<!ELEMENT Range (From, (To | Length)?)>
<!ELEMENT From (#PCDATA)>
<!ELEMENT To (#PCDATA)>
<!ELEMENT Length (#PCDATA)>
<!ELEMENT Format (#PCDATA)>
<!ELEMENT ANSI EMPTY>
<!ELEMENT Macintosh EMPTY>
<!ELEMENT OEM EMPTY>
<!ELEMENT UTF16 EMPTY>
<!ELEMENT UTF7 EMPTY>
<!ELEMENT UTF8 EMPTY>
<!ELEMENT DecimalSymbol (#PCDATA)>
<!ELEMENT DigitGroupingSymbol (#PCDATA)>
<!ELEMENT SkipNumBytes (#PCDATA)>
<!ELEMENT Epoch (#PCDATA)>

<!-- Its columns, where a sign stands between them. -->
<!ELEMENT VariableLength (ColumnDelimiter?, RecordDelimiter?, TextEncapsulator?, \
((VariablePrimaryKey+, VariableColumn*) | (VariableColumn+)), ForeignKey*)>
<!ELEMENT VariablePrimaryKey (Name, Description?, (Numeric | (AlphaNumeric, MaxLength?) | Date), Map*)>
<!ELEMENT VariableColumn (Name, Description?, (Numeric | (AlphaNumeric, MaxLength?) | Date), Map*)>
<!ELEMENT ColumnDelimiter (#PCDATA)>
<!ELEMENT RecordDelimiter (#PCDATA)>
<!ELEMENT TextEncapsulator (#PCDATA)>

<!-- Its columns, where each has a fixed width. -->
<!ELEMENT FixedLength ((Length | RecordDelimiter)?, ((FixedPrimaryKey+, FixedColumn*) | (FixedColumn+)), ForeignKey*)>
<!ELEMENT FixedPrimaryKey (Name, Description?, (Numeric | AlphaNumeric | Date), Map*, FixedRange)>
<!ELEMENT FixedColumn (Name, Description?, (Numeric | AlphaNumeric | Date), Map*, FixedRange)>
<!ELEMENT FixedRange (From, (To | Length))>

<!-- What is in a column, and which table it refers to. -->
<!ELEMENT Numeric ((ImpliedAccuracy | Accuracy)?)>
<!ELEMENT ImpliedAccuracy (#PCDATA)>
<!ELEMENT Accuracy (#PCDATA)>
<!ELEMENT AlphaNumeric EMPTY>
<!ELEMENT MaxLength (#PCDATA)>
<!ELEMENT Date (Format?)>
<!ELEMENT Map (Description?, From, To)>
<!ELEMENT ForeignKey (Name+, References)>
<!ELEMENT References (#PCDATA)>
"""


def index_xml(origin: str, size: int, root: str) -> str:
    """Return the description of all tables.

    :param origin: name of the log, from whose first ``size`` entries with this root they are made.
    """
    head = f"log {origin}, {size} entri, akar {root}"
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<!DOCTYPE DataSet SYSTEM "{DTD}">',
        "<DataSet>",
        "  <Version>1.1</Version>",
        "  <DataSupplier>",
        f"    <Name>{escape(origin)}</Name>",
        "    <Location/>",
        f"    <Comment>{escape(head)}</Comment>",
        "  </DataSupplier>",
        "  <Media>",
        "    <Name>printd</Name>",
        *(line for table in TABLES for line in _table(table)),
        "  </Media>",
        "</DataSet>",
    ]
    return "".join(f"{line}\n" for line in lines)


def _table(table: Table) -> list[str]:
    every = table.name == EVERY
    key = {one.name for one in KEY[: 1 if every else 2]}
    refers = f"<ForeignKey><Name>{KEY[0].name}</Name><References>{EVERY}</References></ForeignKey>"
    return [
        "    <Table>",
        f"      <URL>{table.name}.csv</URL>",
        f"      <Name>{table.name}</Name>",
        f"      <Description>{escape(table.title)} / {escape(table.english)}</Description>",
        "      <UTF8/>",
        "      <DecimalSymbol>,</DecimalSymbol>",
        "      <DigitGroupingSymbol>.</DigitGroupingSymbol>",
        "      <Range><From>2</From></Range>",
        "      <VariableLength>",
        "        <ColumnDelimiter>,</ColumnDelimiter>",
        "        <RecordDelimiter>&#13;&#10;</RecordDelimiter>",
        '        <TextEncapsulator>"</TextEncapsulator>',
        *(_column(one, "VariablePrimaryKey" if one.name in key else "VariableColumn") for one in table.columns),
        *([] if every else [f"        {refers}"]),
        "      </VariableLength>",
        "    </Table>",
    ]


def _column(column: Column, element: str) -> str:
    told = f"{escape(column.title)} / {escape(column.english)}"
    inner = f"<Name>{column.name}</Name><Description>{told}</Description>{_KINDS[column.kind]}"
    return f"        <{element}>{inner}</{element}>"
