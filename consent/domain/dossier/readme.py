"""How to check an export, for whoever receives it, in both languages of the product."""

NL = """\
BEWIJS UIT HET REGISTER “{origin}”

Controleren, zonder onze software en zonder internet (Python 3.9 of nieuwer):

    python3 verify_evidence.py DIT-BESTAND.zip

Met de sleutel en een ijkpunt (checkpoint) dat u zelf kreeg, van de openbare pagina van het register of
uit de mail aan de functionaris gegevensbescherming:

    python3 verify_evidence.py DIT-BESTAND.zip --key SLEUTEL --checkpoint checkpoint.txt

Het programma eindigt met VALID, of noemt het eerste dat niet klopt. Een register toont aan dat er sinds de
ondertekening niets is veranderd; het toont niet aan dat wat er is vastgelegd waar is.

"""
EN = """\
EVIDENCE FROM THE LOG “{origin}”

To check it, without our software and without a network (Python 3.9 or newer):

    python3 verify_evidence.py THIS-FILE.zip

With the key and a checkpoint that you got yourself (from the log's public page, or from the mail to the data
protection officer):

    python3 verify_evidence.py THIS-FILE.zip --key KEY --checkpoint checkpoint.txt

It ends with VALID, or names the first thing that does not hold. A log shows that nothing was changed since it
was signed; it cannot show that what was recorded is true.

WHAT IS IN IT
  manifest.txt       every file with its SHA-256, signed (C2SP signed note, Ed25519)
  checkpoint.txt     the log: its name, its number of events, the root of its Merkle tree, signed (C2SP)
  keys.txt           the public keys; compare them with those that the log publishes
  events.csv         each event as it was sealed, behind its place in the log (see below)
  proof.txt          the hashes beside them: together they give the root (RFC 9162)
  consistency.txt    that earlier checkpoints are the beginning of this one (RFC 9162)
  evidence.jsonl     the personal part of the proof; its SHA-256 stands in the event (evidence_digest)
  wordings.jsonl     what people read; its SHA-256 stands in the event (notice_hash, privacy_statement_hash)
  shown/             forms as they were shown; the name is their SHA-256 (shown_form_hash)
  dossier.pdf, events-spreadsheet.csv, records.jsonld
                     the same for reading, for spreadsheets (not of more events than one can hold:
                     1,048,575), and as ISO/IEC TS 27560 records
  receipts.jsonld    those records as people may keep them; records.schema.json names the fields of both

WHAT WAS SEALED
  The table events.csv holds it once, for reading and for checking. The leaf of an event is one JSON object
  (RFC 8785: the names in order, no blanks, UTF-8) with "format":"jawoord-event-1" and each column but the
  first three, which are its place and codes for reading. What stands between quotes in the table is text;
  sequence, hash_key_version and uses are numbers; proven and complete are true (t) or false (f); all others
  are text, and null where nothing stands. The hash of the leaf is the SHA-256 of the byte 00 and that object
  (RFC 9162).

THE SIGNATURE WITH OPENSSL 3
  A note is its text, an empty line, and a line for each signature: after the name, base64 of 4 bytes that
  name the key and 64 bytes of signature. The key is base64 behind the last plus: 1 byte (01) and 32 bytes.

    sed '/^$/,$d' checkpoint.txt > text.bin
    tail -n 1 checkpoint.txt | cut -d' ' -f3 | base64 -d | tail -c 64 > signature.bin
    (printf '\\060\\052\\060\\005\\006\\003\\053\\145\\160\\003\\041\\000'
     head -n 1 keys.txt | cut -d+ -f3- | base64 -d | tail -c 32) > key.der
    openssl pkeyutl -verify -rawin -in text.bin -sigfile signature.bin -pubin -inkey key.der -keyform DER
"""


def readme(*, origin: str) -> str:
    """Write how to check an export of this log."""
    return (NL + EN).format(origin=origin)
