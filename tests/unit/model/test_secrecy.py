"""State secrets are refused; words that only sound like one are not."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edoc_connector.model.secrecy import secrecy_level, secrecy_words

SECRET = [
    # tối mật, tuyệt mật: wherever they stand
    "TỐI MẬT",
    "Tuyệt mật",
    "tối mật",
    "TUYỆT  MẬT",
    "Báo cáo (Tối mật) về tình hình",
    "Kế hoạch phòng thủ - tuyệt mật",
    "Phương án tác chiến tuyệt mật năm 2026",
    "tối-mật",
    "TỐI_MẬT_15.pdf",
    "TỐI\u200bMẬT",
    "T Ố I M Ậ T",
    "tốimật",
    "Tuyệt mât",
    "TUYET MAT",
    "bao cao tuyet mat nam 2026.pdf",
    "TOI MAT",
    "BaoCao_15_TOI_MAT.pdf",
    "TOI_MAT_15.pdf",
    "ＴỐＩ ＭẬＴ",
    # mật, where it stands alone
    "(MẬT)",
    "[Mật]",
    "Mật",
    "mật",
    "MẬT - Báo cáo tình hình",
    "Mật: Báo cáo tình hình",
    "Mật. Báo cáo tình hình",
    "MẬT – Báo cáo tình hình",
    "Báo cáo tình hình (mật)",
    "Báo cáo tình hình - Mật",
    "Báo cáo tình hình * MẬT *",
    "Báo cáo tình hình “Mật”",
    "MẬT/15/BC-UBND",
    "M Ậ T",
    "M\u1eacT - báo cáo",
    "MA\u0302\u0323T - báo cáo",
    "M\u00adẬT",
    "(MAT)",
    "phu luc (mat).pdf",
    # in capitals among small letters
    "MẬT V/v điều động lực lượng",
    "Công văn MẬT về việc điều động",
    "Báo cáo MẬT.pdf",
    # in the name of a file
    "15-BC-UBND_Mật.pdf",
    "Mật_15-BC.pdf",
    "BC-MẬT.docx",
    # a form that was filled in
    "Độ mật: Mật",
    "Độ mật: Tối mật",
    "ĐỘ MẬT: C",
    "độ mật là mật",
    "Độ mật B",
    "Dấu mật",
    "Đóng dấu Mật",
    "Tài liệu mật",
    "Công văn mật",
    "Phụ lục - tài liệu mật.pdf",
]

OPEN = [
    "",
    "Về việc kết nối, liên thông phần mềm quản lý văn bản",
    "bảo mật thông tin",
    "Bảo mật",
    "Quy chế BẢO MẬT thông tin của tỉnh",
    "BẢO VỆ BÍ MẬT NHÀ NƯỚC",
    "Tăng cường công tác bảo vệ BÍ MẬT nhà nước",
    "V/v bảo vệ bí mật nhà nước",
    "bí mật nhà nước",
    "Luật Bảo vệ bí mật nhà nước",
    "V/v quản lý tài liệu mật tại đơn vị",
    "Tập huấn soạn thảo văn bản mật và văn bản thường",
    "quản lý văn bản đi, văn bản đến, văn bản mật",
    "V/v xác định độ mật của tài liệu",
    "Độ mật: Thường",
    "Độ mật: không",
    "mật độ dân số",
    "Mật độ xây dựng",
    "MẬT ĐỘ DÂN SỐ",
    "Khảo sát MẬT ĐỘ dân số tỉnh",
    "đổi mật khẩu",
    "Mật khẩu: 8 ký tự",
    "ong mật",
    "thân mật",
    "mật ong",
    "Mật ong U Minh",
    "Kỹ thuật nuôi ong lấy mật",
    "phẫu thuật nội soi cắt túi mật",
    "PHẪU THUẬT CẮT TÚI MẬT",
    "sỏi đường mật",
    "tuần trăng mật",
    "mật mía",
    "quan hệ mật thiết",
    "UBND phường Mật Sơn",
    "Mật Sơn",
    "Mật mã dân sự",
    "bảo-mật",
    "bảo_mật_thông_tin.pdf",
    "bao-mat-thong-tin.pdf",
    "bao mat thong tin",
    "BAO CAO CO MAT.pdf",
    "Thư gửi tới Mặt trận Tổ quốc",
    "gui toi Mat tran To quoc.pdf",
    "toi mat tran.pdf",
    "don trinh bao toi mat giay to.pdf",
    "tối mắt tối mũi",
    "tôi mất giấy tờ",
    "mặt trận",
    "Phát triển kinh tế ban đêm, tối mát",
    "15/UBND-VX",
    "an toàn, mật, kịp thời",
    "A B C",
]


@pytest.mark.parametrize("text", SECRET)
def test_what_says_that_it_is_secret_is_found(text):
    assert secrecy_words(text)


@pytest.mark.parametrize("text", OPEN)
def test_words_that_only_sound_like_it_pass(text):
    assert secrecy_words(text) == ""


@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKC", "NFKD"])
@pytest.mark.parametrize("text", SECRET)
def test_the_form_of_the_letters_decides_nothing(text, form):
    assert secrecy_words(unicodedata.normalize(form, text))


@pytest.mark.parametrize("form", ["NFD", "NFKD"])
@pytest.mark.parametrize("text", OPEN)
def test_and_makes_no_secret_of_what_is_open(text, form):
    assert secrecy_words(unicodedata.normalize(form, text)) == ""


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Báo cáo (Tối mật) về tình hình", "Tối mật"),
        ("MẬT - báo cáo", "MẬT"),
        ("Độ mật: Mật, số 15", "độ mật: mật"),
        ("Độ mật: Tối mật", "Tối mật"),
        ("Tài liệu mật - phụ lục", "Tài liệu mật"),
    ],
)
def test_no_more_than_the_words_themselves_is_quoted(text, words):
    assert secrecy_words(text) == words


@pytest.mark.parametrize(
    "text",
    [
        "Mật",
        "MẬT",
        "tối mật",
        "Tuyệt Mật",
        "Độ mật: Mật",
        "A",
        "b",
        " C ",
        "Bí mật",
        "Bí mật nhà nước",
        "Công văn mật",
        "cong van mat",
        "Mat",
        "mật, chỉ lưu hành nội bộ",
        "Mâ\u0323t",
    ],
)
def test_in_a_field_that_states_a_level_every_such_word_is_one(text):
    assert secrecy_level(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Thường",
        "Nội bộ",
        "Liên thông văn bản quốc gia",
        "Công văn",
        "AB",
        "Mặt trận Tổ quốc",
        "Mat tran To quoc",
    ],
)
def test_and_what_states_none_passes(text):
    assert secrecy_level(text) == ""


@given(st.text(max_size=80))
def test_any_text_has_an_answer(text):
    words = secrecy_words(text)

    assert bool(secrecy_level(text)) >= bool(words)
    assert len(words) <= len(unicodedata.normalize("NFKC", text))


@given(st.sampled_from(SECRET), st.sampled_from(["(", "[", "- ", "“"]))
def test_a_stamp_is_found_beside_other_text(stamp, mark):
    assert secrecy_words(f"Báo cáo số 15 {mark}{stamp}")


@pytest.mark.parametrize(
    "text",
    [
        "TUYÊT MẬT",
        "HỎA TỐC MẬT",
        "Mật, hỏa tốc",
        "Tài liệu mật về biên giới",
        "Công văn mật số 15",
        "Gửi ông A tài liệu tối mật",
        "Gửi ông A tài liệu MẬT",
    ],
)
def test_stamps_that_once_passed_are_found(text):
    assert secrecy_words(text)


@pytest.mark.parametrize(
    "text",
    [
        "Bổ nhiệm ông Nguyễn Văn MẬT",
        "Khoa ngoại Gan - Mật - Tụy",
        "Hướng dẫn nội soi gan - mật",
        "Ban hành danh mục bí mật nhà nước độ tuyệt mật, tối mật và mật của ngành",
        "Văn bản mật độ dân số",
    ],
)
def test_words_that_once_were_taken_for_stamps_pass(text):
    assert secrecy_words(text) == ""


def test_a_sphere_that_speaks_of_keeping_secrets_is_no_level():
    assert secrecy_level("An ninh mạng, bảo mật") == ""


def test_a_hundred_thousand_phrases_are_looked_at_in_a_moment():
    assert secrecy_words("độ mật" + " ." * 100_000) == ""
