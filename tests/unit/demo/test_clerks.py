"""The clerks of the demo work step by step, and know nothing of the connector."""

import sqlite3
from contextlib import closing

import pytest

from edoc_connector.demo import clerks as clerks_module
from edoc_connector.demo import dms
from edoc_connector.demo.clerks import Clerks
from edoc_connector.demo.life import lively
from edoc_connector.demo.plot import CENTRE, COMMUNE, DEPARTMENT, PROVINCE
from edoc_connector.demo.scene import FIRST_DAY, scene
from edoc_connector.demo.site import DemoSite

SCENE = lively(scene(), first_day=FIRST_DAY)


@pytest.fixture
def sites(tmp_path, monkeypatch):
    monkeypatch.setattr(clerks_module, "STEP_SECONDS", 0.0)
    found = tuple(DemoSite(one, tmp_path / one.code) for one in SCENE.organizations)
    for site in found:
        dms.create(site.dms, site.organization)
        dms.fill(site.dms, SCENE, site.organization)
    return {site.organization: site for site in found}


@pytest.fixture
def clerks(sites):
    return Clerks(tuple(sites.values()), SCENE)


def run(site, statement, *values):
    with closing(sqlite3.connect(site.dms)) as register, register:
        return register.execute(statement, values).fetchall()


def arrive(site, sender, label):
    number, _, notation = label.partition("/")
    run(
        site,
        "INSERT INTO van_ban_den (ma_giao_nhan, ma_van_ban, ma_don_vi_gui, so, ky_hieu,"
        " trich_yeu, do_khan, ngay_den) VALUES (?, 'x', ?, ?, ?, 'x', 'Thường', 'x')",
        label,
        sender.code,
        number,
        notation,
    )


def work(clerks, site, times=1):
    """Work, and let the connector tell each step."""
    for _ in range(times):
        clerks.work()
        run(site, "UPDATE van_ban_den SET trang_thai_da_bao = trang_thai")


def state(site):
    return run(site, "SELECT trang_thai, ly_do_tra_lai, so_den FROM van_ban_den")


def test_a_document_goes_step_by_step_to_its_end(clerks, sites):
    site = sites[PROVINCE]
    arrive(site, CENTRE, "9815/VPCP-KSTT")

    work(clerks, site)
    assert state(site) == [("Đã tiếp nhận", None, 1)]

    work(clerks, site, times=9)
    assert state(site)[0][0] == "Hoàn thành"


def test_no_step_is_done_before_the_last_one_was_told(clerks, sites):
    site = sites[PROVINCE]
    arrive(site, CENTRE, "9815/VPCP-KSTT")

    clerks.work()
    clerks.work()

    assert state(site)[0][0] == "Đã tiếp nhận"


def test_one_document_is_refused_with_a_reason(clerks, sites):
    site = sites[COMMUNE]
    arrive(site, PROVINCE, "644/UBND-THVX")

    work(clerks, site, times=3)

    ((word, reason, _),) = state(site)
    assert word == "Từ chối"
    assert "Không thuộc phạm vi" in reason


def test_what_nobody_has_to_handle_is_left_alone(clerks, sites):
    site = sites[COMMUNE]
    arrive(site, DEPARTMENT, "1208/SKHCN-CĐS")

    work(clerks, site, times=2)

    assert state(site) == [("Chờ tiếp nhận", None, None)]


def test_a_clerk_who_is_asked_says_no_where_the_story_says_so(clerks, sites):
    site = sites[DEPARTMENT]
    arrive(site, CENTRE, "9816/VPCP-KSTT")
    arrive(site, PROVINCE, "643/UBND-THVX")
    run(site, "UPDATE van_ban_den SET yeu_cau = 'Thu hồi', ma_yeu_cau = id")

    clerks.work()

    found = run(site, "SELECT quyet_dinh, ly_do_quyet_dinh FROM van_ban_den")
    assert [word for word, _ in found] == ["Từ chối", "Đồng ý"]
    assert found[0][1]


def test_a_recall_is_sent_when_its_original_has_got_as_far_as_it_will(clerks, sites):
    site = sites[CENTRE]

    def released():
        return run(
            site,
            "SELECT id FROM van_ban_di WHERE loai_nghiep_vu = 'Thu hồi'"
            " AND trang_thai_lien_thong = 'Chờ gửi'",
        )

    clerks.work()
    assert released() == []

    run(
        site,
        "UPDATE noi_nhan_van_ban_di SET trang_thai = 'Đã đến',"
        " trang_thai_xu_ly = 'Đã đến'",
    )
    clerks.work()
    assert len(released()) == 1  # the other one is about what is to be registered first

    run(site, "UPDATE noi_nhan_van_ban_di SET trang_thai_xu_ly = 'Đã tiếp nhận'")
    clerks.work()
    assert len(released()) == 2
