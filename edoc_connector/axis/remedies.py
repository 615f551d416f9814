"""What is done about each difference, in the commands of RabbitMQ's own tools."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from edoc_connector.axis.differences import Difference, State, Thing
from edoc_connector.errors import N_

IMPORT: Final = N_("import the plan: rabbitmqctl import_definitions definitions.json")
ANEW: Final = N_(
    "it cannot be changed: empty it, rabbitmqctl delete_queue -p {vhost} {name}"
    " --if-empty, then import the plan"
)
EXCHANGE_ANEW: Final = N_(
    "it cannot be changed: delete the exchange in the management page while nobody"
    " publishes, then import the plan"
)
BY_HAND: Final = N_("if nobody needs it, delete it in the management page")

CURES: Final[Mapping[tuple[Thing, State], str]] = {
    (Thing.QUEUE, State.DIFFERENT): ANEW,
    (Thing.EXCHANGE, State.DIFFERENT): EXCHANGE_ANEW,
    (Thing.EXCHANGE, State.ADDITIONAL): BY_HAND,
    (Thing.BINDING, State.ADDITIONAL): N_(
        "messages go by it where they should not: delete it in the management page"
    ),
    (Thing.USER, State.ADDITIONAL): N_(
        "if nobody needs the account: rabbitmqctl delete_user {name}"
    ),
    (Thing.PERMISSION, State.ADDITIONAL): N_(
        "take them away: rabbitmqctl clear_permissions -p {vhost} {name}"
    ),
    (Thing.TOPIC_PERMISSION, State.ADDITIONAL): N_(
        "take it away: rabbitmqctl clear_topic_permissions -p {vhost} {user} {exchange}"
    ),
    (Thing.PARAMETER, State.ADDITIONAL): N_(
        "stop it: rabbitmqctl clear_parameter -p {vhost} shovel {name}"
    ),
    (Thing.POLICY, State.ADDITIONAL): N_(
        "it may weaken planned queues: rabbitmqctl clear_policy -p {vhost} {name}"
    ),
    (Thing.QUEUE, State.ADDITIONAL): N_(
        "if nobody needs it: rabbitmqctl delete_queue -p {vhost} {name} --if-empty"
    ),
    (Thing.LINK, State.DIFFERENT): N_(
        "what goes that way waits: look in the log of the broker for {name}; mostly the"
        " neighbour is away, or does not believe the certificate"
    ),
    (Thing.MESSAGES, State.ADDITIONAL): N_(
        "look what they are, and move them where they belong or remove them"
    ),
    (Thing.ALARM, State.ADDITIONAL): N_(
        "the broker takes nothing until there is memory or disk again"
    ),
    (Thing.FEATURE, State.MISSING): N_(
        "switch it on: rabbitmqctl enable_feature_flag {name}"
    ),
}


def remedy(difference: Difference, vhost: str) -> tuple[str, dict[str, str]]:
    """Return what to do, as a message and what stands in its gaps."""
    user, _, exchange = difference.name.partition(" > ")
    gaps = {"name": difference.name, "vhost": vhost, "user": user, "exchange": exchange}
    return CURES.get((difference.thing, difference.state), IMPORT), gaps
