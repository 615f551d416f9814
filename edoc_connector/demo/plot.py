"""Who takes part in the demo, and what is particular about each document: data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from edoc_connector.demo.paper import Kind
from edoc_connector.model.document import Organization
from edoc_connector.model.organization_code import OrganizationCode

CENTRE: Final = Organization(
    code=OrganizationCode("G22"),
    in_charge="Chính phủ",
    name="Văn phòng Chính phủ",
    address="Thành phố Hà Nội",
    email="vanthu@g22.example",
    website="https://g22.example",
)
PROVINCE: Final = Organization(
    code=OrganizationCode("H20"),
    in_charge="Chính phủ",
    name="Ủy ban nhân dân tỉnh Đồng Tháp",
    address="Tỉnh Đồng Tháp",
    email="vanthu@h20.example",
    website="https://h20.example",
)
DEPARTMENT: Final = Organization(
    code=OrganizationCode("H20.14"),
    in_charge="Ủy ban nhân dân tỉnh Đồng Tháp",
    name="Sở Khoa học và Công nghệ tỉnh Đồng Tháp",
    address="Tỉnh Đồng Tháp",
    email="vanthu@h20-14.example",
)
COMMUNE: Final = Organization(
    code=OrganizationCode("H20.28.05"),
    in_charge="Ủy ban nhân dân tỉnh Đồng Tháp",
    name="Ủy ban nhân dân xã Mỹ Trà",
    address="Xã Mỹ Trà, tỉnh Đồng Tháp",
    email="vanthu@h20-28-05.example",
)
FAR_DEPARTMENT: Final = Organization(
    code=OrganizationCode("H26.14"),
    in_charge="Ủy ban nhân dân thành phố Hà Nội",
    name="Sở Khoa học và Công nghệ thành phố Hà Nội",
    address="Thành phố Hà Nội",
    email="vanthu@h26-14.example",
)
"""Of another province, which has a broker of its own where there are several."""

NOWHERE: Final = Organization(
    code=OrganizationCode("H20.99"),
    in_charge="Ủy ban nhân dân tỉnh Đồng Tháp",
    name="Trung tâm Điều hành đô thị thông minh tỉnh Đồng Tháp",
)
"""An office that is in somebody's address book and on no axis."""

ORGANIZATIONS: Final = (CENTRE, PROVINCE, DEPARTMENT, COMMUNE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """How an office writes: its place, its notation, and who signs for whom."""

    place: str
    notation: str
    first_number: int
    position: str
    competence: str = ""
    principal: str = ""

    @property
    def signature(self) -> tuple[str, ...]:
        """What stands above the signature, line by line."""
        lines = (f"{self.competence} {self.principal}".strip(), self.position)
        return tuple(line for line in lines if line)


OFFICES: Final = {
    CENTRE: Office(
        place="Hà Nội",
        notation="VPCP-KSTT",
        first_number=9815,
        competence="KT.",
        principal="Bộ trưởng, Chủ nhiệm",
        position="Phó Chủ nhiệm",
    ),
    PROVINCE: Office(
        place="Đồng Tháp",
        notation="UBND-THVX",
        first_number=642,
        competence="TM.",
        principal="Ủy ban nhân dân",
        position="Chủ tịch",
    ),
    DEPARTMENT: Office(
        place="Đồng Tháp",
        notation="SKHCN-CĐS",
        first_number=1207,
        position="Giám đốc",
    ),
    FAR_DEPARTMENT: Office(
        place="Hà Nội",
        notation="SKHCN-CNS",
        first_number=3301,
        position="Giám đốc",
    ),
    COMMUNE: Office(
        place="Mỹ Trà",
        notation="UBND-VP",
        first_number=88,
        competence="TM.",
        principal="Ủy ban nhân dân",
        position="Chủ tịch",
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Plot:
    """What is particular about a document; the rest follows from its sender.

    `answers` counts back: 1 is the document before this one.  `form` says that its
    paper is the same as that of every other such document.
    """

    sender: Organization
    recipients: tuple[Organization, ...]
    subject: str
    type_name: str = "Công văn"
    priority: str = "Thường"
    due_in_days: int | None = None
    answers: int = 0
    papers: tuple[Kind, ...] = (Kind.LETTER,)
    pages: int = 2
    form: bool = False


LONGEST_SUBJECT: Final = (
    "Về việc tăng cường chỉ đạo điều hành, rà soát, chuẩn hóa quy trình gửi, "
    "nhận, xử lý, lưu trữ văn bản điện tử; hoàn thiện việc cập nhật mã định danh "
    "điện tử của các cơ quan, tổ chức sau sắp xếp tổ chức bộ máy và tổ chức chính"
    " quyền địa phương hai cấp; bảo đảm kết nối thông suốt giữa Trục liên thông "
    "văn bản quốc gia và hệ thống quản lý văn bản và điều hành của các bộ, ngành,"
    " địa phương; chấn chỉnh kỷ luật, kỷ cương hành chính trong việc phản hồi "
    "trạng thái xử lý văn bản, kịp thời khắc phục tồn tại"
)
"""Five hundred characters, the most that the standard allows."""

PLOTS: Final = (
    Plot(
        sender=CENTRE,
        recipients=(PROVINCE,),
        priority="Khẩn",
        due_in_days=14,
        pages=3,
        subject="Về việc báo cáo tình hình gửi, nhận văn bản điện tử năm 2026",
    ),
    Plot(
        sender=PROVINCE,
        recipients=(CENTRE,),
        type_name="Báo cáo",
        answers=1,
        pages=4,
        subject="Tình hình gửi, nhận văn bản điện tử trên địa bàn tỉnh năm 2026",
    ),
    Plot(
        sender=PROVINCE,
        recipients=(CENTRE, DEPARTMENT, COMMUNE),
        type_name="Kế hoạch",
        due_in_days=30,
        pages=3,
        subject="Chuyển đổi số trong công tác văn thư, lưu trữ năm 2027",
    ),
    Plot(
        sender=DEPARTMENT,
        recipients=(PROVINCE,),
        type_name="Tờ trình",
        papers=(Kind.LETTER, Kind.SHEET, Kind.IMAGE),
        subject="Về việc phê duyệt danh mục nhiệm vụ chuyển đổi số năm 2027",
    ),
    Plot(
        sender=DEPARTMENT,
        recipients=(COMMUNE,),
        papers=(Kind.SCAN,),
        pages=5,
        subject="Về việc gửi bản số hóa hồ sơ kỹ thuật hạ tầng truyền dẫn cấp xã",
    ),
    Plot(
        sender=COMMUNE,
        recipients=(DEPARTMENT,),
        type_name="Báo cáo",
        answers=1,
        subject="Kết quả tiếp nhận hồ sơ kỹ thuật hạ tầng truyền dẫn",
    ),
    Plot(
        sender=COMMUNE,
        recipients=(PROVINCE,),
        type_name="Báo cáo",
        priority="Hỏa tốc",
        subject="Nhanh về sạt lở bờ kênh và phương án di dời các hộ dân",
    ),
    Plot(
        sender=CENTRE,
        recipients=(DEPARTMENT,),
        type_name="Giấy mời",
        priority="Thượng khẩn",
        due_in_days=3,
        subject="Dự hội nghị trực tuyến về liên thông văn bản điện tử bốn cấp",
    ),
    Plot(sender=CENTRE, recipients=(COMMUNE,), pages=5, subject=LONGEST_SUBJECT),
    Plot(
        sender=DEPARTMENT,
        recipients=(CENTRE,),
        type_name="Báo cáo",
        answers=2,
        papers=(Kind.LETTER, Kind.SHEET),
        subject="Thử nghiệm kết nối hệ thống quản lý văn bản với trục liên thông",
    ),
    Plot(
        sender=PROVINCE,
        recipients=(COMMUNE, NOWHERE),
        priority="Khẩn",
        due_in_days=7,
        subject="Về việc cử đầu mối vận hành hệ thống điều hành thông minh",
    ),
    Plot(
        sender=COMMUNE,
        recipients=(CENTRE,),
        type_name="Thông báo",
        subject="Về việc thay đổi địa chỉ thư điện tử công vụ của văn thư",
    ),
)
"""The twelve that every demo shows: all directions, and each thing that is special."""

BROKEN: Final = Plot(
    sender=DEPARTMENT,
    recipients=(PROVINCE,),
    type_name="Báo cáo",
    subject="Kết quả kiểm tra an toàn thông tin quý IV năm 2026",
)
"""The clerk forgot the number, and the file is gone."""

More = tuple[Organization, tuple[Organization, ...], str, str]
"""Sender, recipients, type and priority of one of many like it."""

MORE: Final[tuple[More, ...]] = (
    (CENTRE, (PROVINCE, DEPARTMENT, COMMUNE), "Thông báo", "Thường"),
    (PROVINCE, (DEPARTMENT,), "Công văn", "Khẩn"),
    (DEPARTMENT, (PROVINCE, COMMUNE), "Báo cáo", "Thường"),
    (COMMUNE, (PROVINCE,), "Tờ trình", "Thường"),
    (CENTRE, (DEPARTMENT,), "Công văn", "Thượng khẩn"),
    (PROVINCE, (COMMUNE,), "Quyết định", "Thường"),
    (DEPARTMENT, (CENTRE,), "Báo cáo", "Thường"),
    (COMMUNE, (DEPARTMENT,), "Công văn", "Hỏa tốc"),
)
"""What follows when somebody asks for more of the same."""
