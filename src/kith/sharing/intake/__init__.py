"""The import: records of a host shop, from a file or through the API, taken into Kith.

`take_in` reads each record (`parsing`), leaves alone what it has taken in before word for
word (`memory`), and hands the rest, some hundreds of one type at a time, to the module that
writes them: `people`, `circles`, `goods`, `orders`, `words`. What the records are is said in
`records.schema.json`, which is published.
"""

from kith.sharing.intake.parsing import Unreadable
from kith.sharing.intake.schema import SCHEMA, schema_text
from kith.sharing.intake.taking import Answer, BadSource, take_in
from kith.sharing.intake.verdicts import OutcomeOfRecord

__all__ = ["SCHEMA", "Answer", "BadSource", "OutcomeOfRecord", "Unreadable", "schema_text", "take_in"]
