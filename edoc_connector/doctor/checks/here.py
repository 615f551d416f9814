"""What is looked at on this computer: the service, its room, databases, files."""

from __future__ import annotations

from typing import Final

from edoc_connector.doctor.finding import Check, Group
from edoc_connector.errors import N_

OF_SERVICE: Final = (
    Check(
        code="service-stopped",
        group=Group.SERVICE,
        title=N_("the service runs, with all its parts"),
        why=N_("a part that does not run leaves its work undone, and says nothing"),
        fix=N_("start it: systemctl start edoc; if it ends again, its log says why"),
    ),
    Check(
        code="work-waits",
        group=Group.SERVICE,
        title=N_("no work waits longer than it must"),
        why=N_("a part that runs and does not get on looks well to everybody else"),
        fix=N_(
            "edoc status and edoc queue list say what waits, and edoc why the reason"
        ),
    ),
)

OF_SURROUNDINGS: Final = (
    Check(
        code="disk-full",
        group=Group.ROOM,
        title=N_("there is room for what will come"),
        why=N_("without room nothing is accepted, and mail waits at the broker"),
        fix=N_("make room or give it more; what is old may be moved to an archive"),
    ),
    Check(
        code="database-damaged",
        group=Group.DATABASE,
        title=N_("the file of our database is whole"),
        why=N_("a damaged file fails later, and its backups with it"),
        fix=N_(
            "stop the service, keep the file, restore the newest backup; what came"
            " since then is at the partners: edoc reconciliation list"
        ),
    ),
    Check(
        code="index-missing",
        group=Group.DATABASE,
        title=N_("our database has all its indexes"),
        why=N_(
            "without one every step reads the whole table, and gets slower each day"
        ),
        fix=N_(
            "make it again as the migrations of this release do; whoever dropped it may"
            " have dropped more"
        ),
    ),
    Check(
        code="register-away",
        group=Group.REGISTER,
        title=N_("the database of the document software answers"),
        why=N_("nothing is taken over or delivered while it does not"),
        fix=N_("what was found says it; edoc settings check tries the whole mapping"),
    ),
    Check(
        code="register-index",
        group=Group.REGISTER,
        title=N_("what we ask the document software follows an index"),
        why=N_("a table is read from end to end every few seconds, and slows all down"),
        fix=N_(
            "have its administrator make an index on the columns in the WHERE of that"
            " statement"
        ),
    ),
    Check(
        code="settings-wrong",
        group=Group.FILES,
        title=N_("the settings and the keys they name serve"),
        why=N_("the service would not start again"),
        fix=N_("put right what is named; then edoc settings check"),
    ),
    Check(
        code="settings-open",
        group=Group.FILES,
        title=N_("only we may change the settings"),
        why=N_("who may change them decides whose seals are believed"),
        fix=N_("chmod go-w on the settings file"),
    ),
    Check(
        code="state-open",
        group=Group.FILES,
        title=N_("only we may look into our state folder"),
        why=N_("all documents are in it"),
        fix=N_("chmod 700 on the state folder"),
    ),
    Check(
        code="time-zone",
        group=Group.FILES,
        title=N_("this computer keeps the time of Vietnam"),
        why=N_("logs and timers are read by people who do"),
        fix=N_("set it by: timedatectl set-timezone Asia/Ho_Chi_Minh"),
    ),
)
