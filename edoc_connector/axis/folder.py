"""What stands in the folder of a broker: three files for RabbitMQ, one for people."""

from __future__ import annotations

import json
from collections.abc import Mapping

from edoc_connector.axis.configuration import configuration, enabled_plugins
from edoc_connector.axis.definitions import definitions
from edoc_connector.axis.description import Axis
from edoc_connector.axis.names import link_account
from edoc_connector.axis.passwords import Secrets
from edoc_connector.axis.ways import neighbours

DEFINITIONS = "definitions.json"
README = "README.md"


def folder(axis: Axis, broker: str, secrets: Secrets) -> Mapping[str, str]:
    """Return each file of the plan of a broker, the same every time."""
    plan = definitions(axis, broker, secrets)
    return {
        # Written first: by it a folder is known again, also one that is half written.
        README: readme(axis, broker),
        DEFINITIONS: json.dumps(plan, indent=1, ensure_ascii=False) + "\n",
        "rabbitmq.conf": configuration(axis, broker),
        "enabled_plugins": enabled_plugins(axis, broker),
    }


def title(broker: str) -> str:
    """Return the first line of the readme, by which a plan is known as one of ours."""
    return f"# The broker {broker}, by edoc axis plan"


def readme(axis: Axis, name: str) -> str:
    """Return what the person who runs the broker does with the files."""
    broker = axis.brokers[name]
    linked = [it.name for it in neighbours(axis, name)]
    return f"""\
{title(name)}

Made from the description of the axis {axis.axis.name}; change that, not these files.

As root on the server of {name} ({broker.address}), RabbitMQ 3.10 or newer:

```sh
install -o rabbitmq -m 640 rabbitmq.conf enabled_plugins /etc/rabbitmq/
systemctl restart rabbitmq-server && rabbitmqctl await_startup
rabbitmqctl import_definitions definitions.json
```

After a change of the plan the last command is enough, unless `rabbitmq.conf` or
`enabled_plugins` changed. Importing again changes nothing. What a plan no longer has
stays on the broker until you remove it: `edoc axis check` names it.

Once, after the first start: `rabbitmqctl delete_user guest`.
{_certificate(axis, name) if broker.address.startswith("amqps://") else ""}
Links: {", ".join(linked) or "none"}. Is it as planned? `edoc axis check FILE {name}`
"""


def _certificate(axis: Axis, name: str) -> str:
    broker = axis.brokers[name]
    linked = f"""\
Its subject has the CN `{link_account(name)}`: by that its neighbours know it.
It serves for TLS servers and TLS clients. """
    return f"""
`{broker.certificate}` names the host of the address (subjectAltName).
{linked if neighbours(axis, name) else ""}Its key is `{broker.key}`;
the authorities of neighbours and nodes are `{broker.authorities}`.
The user `rabbitmq` reads all three, and nobody else the key.
"""
