from edoc_connector.errors import KeyUnusable
from edoc_connector.flows.sealing.key_list import list_keys
from edoc_connector.model.own_key import KeyState
from edoc_connector.signature.binding import Binding
from tests.support.builders import SENT_AT
from tests.support.pki import rsa_sealer
from tests.support.rings import Drawer, key
from tests.support.world import SENDER, open_storage

DAMAGED = KeyUnusable(path="c.pem", problem="it is damaged")


def test_every_key_is_listed_with_what_it_is_good_for():
    drawer = Drawer(a=rsa_sealer(), b=key(SENDER, 4, ends=-1), c=DAMAGED)

    lines = list_keys(drawer.ring(), None, Binding(), now=SENT_AT)

    assert [(it.name, it.state) for it in lines] == [
        ("a", KeyState.READY),
        ("b", KeyState.EXPIRED),
        ("c", KeyState.UNUSABLE),
    ]
    assert lines[0].certificate.kind == "RSA 2048"
    assert lines[0].certificate.algorithm == "rsa-pkcs1-sha256"
    assert lines[1].certificate.kind == "P-256"
    assert lines[1].certificate.organizations == (SENDER,)
    assert lines[1].certificate.days_left == -1
    assert lines[2].certificate is None
    assert lines[2].problem.code == "key-unusable"
    assert not any(it.is_in_use for it in lines)


def test_the_key_that_seals_next_is_in_use_and_a_revoked_one_says_so(tmp_path):
    storage = open_storage(tmp_path)
    storage.migrate()
    ring = Drawer(default=key(SENDER), next=key(SENDER, 2)).ring()
    with storage.work() as work:
        work.watched.revoke(ring.find("next").digest, SENT_AT)

    with storage.reading() as work:
        lines = list_keys(ring, work, Binding(), now=SENT_AT)

    assert [(it.is_in_use, it.state) for it in lines] == [
        (True, KeyState.READY),
        (False, KeyState.REVOKED),
    ]
    assert lines[1].problem.code == "key-revoked"
    storage.close()
