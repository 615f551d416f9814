"""What stands on a paper of the demo.  Only data; `papers.py` makes the file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

COUNTRY: Final = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
MOTTO: Final = "Độc lập - Tự do - Hạnh phúc"
SAMPLE: Final = "Văn bản mẫu để trình diễn, không có giá trị pháp lý"

TEXT: Final = """
Căn cứ Nghị định số 30/2020/NĐ-CP ngày 05 tháng 3 năm 2020 của Chính phủ về công tác
văn thư và Quyết định số 28/2018/QĐ-TTg ngày 12 tháng 7 năm 2018 của Thủ tướng Chính
phủ về việc gửi, nhận văn bản điện tử giữa các cơ quan trong hệ thống hành chính nhà
nước, cơ quan ban hành đề nghị các cơ quan, đơn vị có liên quan tổ chức thực hiện các
nội dung sau đây.

Rà soát toàn bộ văn bản đi, văn bản đến đã được đăng ký trong năm; đối chiếu số lượng
văn bản điện tử đã gửi, đã nhận trên trục liên thông với sổ đăng ký tại đơn vị; lập
danh sách những văn bản chưa có trạng thái phản hồi để xử lý dứt điểm.

Bảo đảm văn bản điện tử được ký số đầy đủ của người có thẩm quyền và của cơ quan, tổ
chức trước khi phát hành; không gửi bản giấy đối với văn bản đã gửi thành công qua
trục liên thông, trừ trường hợp pháp luật có quy định khác.

Phân công văn thư cơ quan theo dõi thường xuyên việc tiếp nhận, phản hồi trạng thái xử
lý; trong ngày làm việc phải tiếp nhận hoặc từ chối tiếp nhận kèm lý do đối với từng
văn bản đến; văn bản hỏa tốc, thượng khẩn phải được trình ngay sau khi đến.

Cập nhật kịp thời mã định danh điện tử của các cơ quan, đơn vị sau khi sắp xếp tổ chức
bộ máy; thông báo cho các cơ quan gửi biết việc đóng mã cũ, kích hoạt mã mới để việc
gửi, nhận văn bản không bị gián đoạn.

Thực hiện lưu trữ hồ sơ điện tử theo quy định; bảo đảm tính xác thực, toàn vẹn, an
toàn thông tin và khả năng truy cập trong suốt thời hạn bảo quản của tài liệu.

Tổng hợp khó khăn, vướng mắc trong quá trình thực hiện và đề xuất giải pháp; gửi báo
cáo về cơ quan ban hành đúng thời hạn để tổng hợp, báo cáo cấp có thẩm quyền xem xét,
chỉ đạo.
"""

BODY: Final = tuple(" ".join(part.split()) for part in TEXT.split("\n\n"))


class Kind(StrEnum):
    """What a paper is."""

    LETTER = "letter"
    SCAN = "scan"
    SHEET = "sheet"
    IMAGE = "image"


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """What stands on a paper; `pages` and `megabytes` are the least it has."""

    kind: Kind
    superior: str
    issuer: str
    code: str
    place: str
    day: date
    type_name: str
    subject: str
    addressees: tuple[str, ...]
    signature: tuple[str, ...]
    pages: int = 2
    megabytes: int = 0
