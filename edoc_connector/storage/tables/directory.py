"""Who is who: of a body each row says what it was, and since when we know."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

from edoc_connector.model.import_summary import ImportSummary
from edoc_connector.model.listing import FlawKind
from edoc_connector.storage.columns import (
    Choice,
    CodesText,
    CodeText,
    Json,
    Moment,
    ordered_text,
    row_number,
)
from edoc_connector.storage.tables.parts import code, metadata, number, table, text

# The directory.  Of a body each row says what it was (`valid_*`), and from when until
# when we have known it so (`known_*`); no row is ever removed.
bodies: Final = sa.Table(
    "bodies",
    metadata,
    sa.Column("id", row_number(), primary_key=True, autoincrement=False),
    sa.Column("code", ordered_text(), nullable=False),
    code("written"),
    text("name"),
    sa.Column("folded", ordered_text(), nullable=False),
    code("parent"),
    code("successor"),
    sa.Column("aliases", CodesText, nullable=False),
    text("axis_id"),
    number("revision"),
    sa.Column("valid_from", sa.Date, nullable=False),
    sa.Column("valid_to", sa.Date, nullable=False),
    sa.Column("known_from", Moment, nullable=False),
    sa.Column("known_to", Moment),
    sa.Index("ix_bodies_code", "code", "id"),
    sa.Index("ix_bodies_parent", "parent", "code"),
)
sa.Index("ix_bodies_axis_id", bodies.c.axis_id, info={"where": bodies.c.axis_id != ""})

# By what else a body is found: another code of it, and its name from each word on.  No
# foreign key: a million rows would be looked up, each written beside its body.
body_aliases: Final = sa.Table(
    "body_aliases",
    metadata,
    sa.Column("text", CodeText, primary_key=True),
    sa.Column("body", sa.BigInteger, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)
body_starts: Final = sa.Table(
    "body_starts",
    metadata,
    sa.Column("text", ordered_text(), primary_key=True),
    sa.Column("body", sa.BigInteger, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)

directory_imports: Final = table(
    "directory_imports",
    sa.Column("at", Moment, nullable=False),
    text("digest"),
    text("scope"),
    sa.Column("summary", Json(ImportSummary), nullable=False),
)
directory_flaws: Final = table(
    "directory_flaws",
    sa.Column("import_id", sa.ForeignKey("directory_imports.id"), nullable=False),
    number("line"),
    sa.Column("kind", Choice(FlawKind), nullable=False),
    text("code"),
    text("value"),
    text("other"),
    sa.Index(None, "import_id", "id"),
)
