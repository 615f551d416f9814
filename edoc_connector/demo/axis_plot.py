"""Four levels on three linked brokers: who is where, and who writes what to whom."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from itertools import chain, islice
from typing import Final

from edoc_connector.axis.description import Broker, Level
from edoc_connector.demo.life import with_deed
from edoc_connector.demo.paper import Kind
from edoc_connector.demo.plot import (
    CENTRE,
    COMMUNE,
    FAR_DEPARTMENT,
    NOWHERE,
    PROVINCE,
    More,
    Plot,
)
from edoc_connector.demo.scene import Deed, Scene, more, written_in_turn
from edoc_connector.model.document import Organization

ANYWHERE: Final = "amqp://127.0.0.1"
"""Where a broker is before it has a port."""

NATIONAL, DONG_THAP, HA_NOI = "quoc-gia", "dong-thap", "ha-noi"

BROKERS: Final = (
    Broker(name=NATIONAL, level=Level.CENTRAL, address=ANYWHERE, serves=("G22",)),
    Broker(
        name=DONG_THAP,
        level=Level.PROVINCE,
        address=ANYWHERE,
        serves=("H20",),
        parent=NATIONAL,
    ),
    Broker(
        name=HA_NOI,
        level=Level.PROVINCE,
        address=ANYWHERE,
        serves=("H26",),
        parent=NATIONAL,
    ),
)

PLACES: Final[Mapping[Organization, str]] = {
    CENTRE: NATIONAL,
    PROVINCE: DONG_THAP,
    COMMUNE: DONG_THAP,
    FAR_DEPARTMENT: HA_NOI,
}
"""At which broker each of them signs in."""

PLOTS: Final = (
    Plot(
        sender=COMMUNE,
        recipients=(FAR_DEPARTMENT, CENTRE),
        type_name="Báo cáo",
        priority="Khẩn",
        pages=3,
        subject="Kết quả thử nghiệm gửi, nhận văn bản điện tử liên tỉnh",
    ),
    Plot(
        sender=FAR_DEPARTMENT,
        recipients=(COMMUNE,),
        answers=1,
        subject="Về việc phối hợp thử nghiệm gửi, nhận văn bản điện tử liên tỉnh",
    ),
    Plot(
        sender=CENTRE,
        recipients=(PROVINCE, FAR_DEPARTMENT, COMMUNE),
        type_name="Kế hoạch",
        due_in_days=30,
        pages=4,
        subject="Kết nối trục liên thông văn bản của các địa phương năm 2027",
    ),
    Plot(
        sender=PROVINCE,
        recipients=(CENTRE,),
        type_name="Báo cáo",
        answers=1,
        subject="Tình hình kết nối trục liên thông văn bản trên địa bàn tỉnh",
    ),
    Plot(
        sender=COMMUNE,
        recipients=(PROVINCE,),
        type_name="Báo cáo",
        priority="Hỏa tốc",
        subject="Nhanh về sạt lở bờ kênh và phương án di dời các hộ dân",
    ),
    Plot(
        sender=PROVINCE,
        recipients=(FAR_DEPARTMENT,),
        priority="Thượng khẩn",
        due_in_days=3,
        subject="Về việc hỗ trợ thiết bị quan trắc sạt lở bờ kênh",
    ),
    Plot(
        sender=FAR_DEPARTMENT,
        recipients=(PROVINCE,),
        answers=1,
        papers=(Kind.LETTER, Kind.SHEET, Kind.IMAGE),
        subject="Về việc bàn giao thiết bị quan trắc sạt lở bờ kênh",
    ),
    Plot(
        sender=FAR_DEPARTMENT,
        recipients=(COMMUNE,),
        papers=(Kind.SCAN,),
        pages=5,
        subject="Về việc gửi hồ sơ kỹ thuật thiết bị quan trắc sạt lở bờ kênh",
    ),
    Plot(
        sender=CENTRE,
        recipients=(COMMUNE,),
        subject="Về việc cung cấp số liệu văn bản điện tử của Ủy ban nhân dân xã",
    ),
    Plot(
        sender=PROVINCE,
        recipients=(COMMUNE, NOWHERE),
        priority="Khẩn",
        due_in_days=7,
        subject="Về việc cử đầu mối vận hành hệ thống điều hành thông minh",
    ),
    Plot(
        sender=FAR_DEPARTMENT,
        recipients=(CENTRE,),
        type_name="Tờ trình",
        papers=(Kind.LETTER, Kind.SHEET),
        subject="Về việc phê duyệt nhiệm vụ chuyển đổi số năm 2027",
    ),
    Plot(
        sender=COMMUNE,
        recipients=(CENTRE,),
        type_name="Thông báo",
        subject="Về việc thay đổi địa chỉ thư điện tử công vụ của văn thư",
    ),
)
"""The twelve of every such demo: up, down, across, and within one province."""

DEEDS: Final[Mapping[int, Deed]] = {
    0: Deed.FINISH,
    2: Deed.REGISTER,
    5: Deed.FINISH,
    8: Deed.REFUSE,
    10: Deed.REGISTER,
}
"""What the receivers' clerks do, by the place of the plot."""

MORE: Final[tuple[More, ...]] = (
    (CENTRE, (PROVINCE, FAR_DEPARTMENT, COMMUNE), "Thông báo", "Thường"),
    (COMMUNE, (FAR_DEPARTMENT,), "Công văn", "Khẩn"),
    (FAR_DEPARTMENT, (PROVINCE, COMMUNE), "Báo cáo", "Thường"),
    (PROVINCE, (COMMUNE,), "Quyết định", "Thường"),
    (COMMUNE, (CENTRE,), "Tờ trình", "Hỏa tốc"),
    (PROVINCE, (FAR_DEPARTMENT, CENTRE), "Công văn", "Thượng khẩn"),
)
"""What follows when somebody asks for more of the same."""


def axis_scene(documents: int = len(PLOTS), *, first_day: date) -> Scene:
    """Return this many documents; the first twelve differ from each other."""
    plots = islice(chain(PLOTS, more(MORE)), documents)
    written = written_in_turn(plots, first_day)
    deeds = (DEEDS.get(place, Deed.LEAVE) for place in range(documents))
    return Scene(tuple(PLACES), tuple(map(with_deed, written, deeds)))
