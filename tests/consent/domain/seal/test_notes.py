import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent.domain.seal.notes import (
    CheckpointText,
    KeyBrokenError,
    Note,
    NoteBrokenError,
    SignatureBrokenError,
    Signer,
    Verifier,
    check_note,
    read_checkpoint,
    read_note,
    read_verifier,
    sign_note,
)

# The example of golang.org/x/mod/sumdb/note, which C2SP's signed-note was written from.
SECRET = "AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
ENOCH = "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop"
TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
PETERS = "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM="
ENOCHS = "rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ="
BY_PETER = f"— PeterNeumann {PETERS}\n"
BY_ENOCH = f"— EnochRoot {ENOCHS}\n"
PUBLISHED_KEYS = [
    PETER,
    ENOCH,
    "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8",
    "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
]
# The example of C2SP's tlog-checkpoint.
CHECKPOINT = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"


def peter() -> Signer:
    return Signer(name="PeterNeumann", seed=base64.b64decode(SECRET)[1:])


def verifiers(*written: str) -> list[Verifier]:
    return [read_verifier(written=each) for each in written]


def test_published_note_is_signed_byte_for_byte() -> None:
    note = sign_note(text=TEXT, signers=[peter()])

    assert str(note) == f"{TEXT}\n{BY_PETER}"
    assert str(peter().verifier) == PETER


@pytest.mark.parametrize("written", PUBLISHED_KEYS)
def test_published_key_reads_and_writes_back(written: str) -> None:
    assert str(read_verifier(written=written)) == written


def test_published_note_with_two_signatures_is_checked() -> None:
    note = read_note(written=f"{TEXT}\n{BY_PETER}{BY_ENOCH}")

    assert str(note) == f"{TEXT}\n{BY_PETER}{BY_ENOCH}"
    assert check_note(note=note, verifiers=verifiers(PETER, ENOCH)) == verifiers(PETER, ENOCH)
    assert check_note(note=note, verifiers=verifiers(ENOCH)) == verifiers(ENOCH)


@pytest.mark.parametrize(
    "written",
    [
        f"{TEXT}more\n\n{BY_PETER}",
        f"{TEXT}\n{BY_PETER.replace('x08go/ZJ', 'x08go/ZK')}",
    ],
)
def test_note_that_a_known_key_did_not_sign_is_refused(written: str) -> None:
    with pytest.raises(SignatureBrokenError, match="is not of this text"):
        check_note(note=read_note(written=written), verifiers=verifiers(PETER))


def test_note_of_strangers_only_is_refused() -> None:
    with pytest.raises(SignatureBrokenError, match="no known key"):
        check_note(note=read_note(written=f"{TEXT}\n{BY_ENOCH}"), verifiers=verifiers(PETER))


@pytest.mark.parametrize(
    "written",
    [
        "",
        TEXT,
        f"{TEXT}\n",
        f"{TEXT}\n{BY_PETER[:-1]}",
        f"{TEXT}\n{BY_PETER}\n",
        f"{TEXT}\n- PeterNeumann x08go/ZJkuBS\n",
        f"{TEXT}\n— PeterNeumann !!!!\n",
        f"{TEXT}\n— PeterNeumann x08goA==\n",
        f"{TEXT}\n— Peter+Neumann x08go/ZJkuBS\n",
        f"a\x07bell\n\n{BY_PETER}",
        f"{TEXT.replace(chr(10), chr(13))}\n\n{BY_PETER}",
    ],
)
def test_text_that_is_no_note_is_refused(written: str) -> None:
    with pytest.raises(NoteBrokenError):
        read_note(written=written)


@pytest.mark.parametrize(
    "written",
    [
        "",
        "PeterNeumann+c74f20a3",
        "PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+C74F20A3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==",
        "PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "Peter Neumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
    ],
)
def test_text_that_is_no_key_is_refused(written: str) -> None:
    with pytest.raises(KeyBrokenError):
        read_verifier(written=written)


def test_published_checkpoint_reads_and_writes_back() -> None:
    checkpoint = read_checkpoint(text=CHECKPOINT)

    assert (checkpoint.origin, checkpoint.tree_size, list(checkpoint.extensions)) == (
        "example.com/behind-the-sofa",
        20_852_163,
        [],
    )
    assert str(checkpoint) == CHECKPOINT
    assert list(read_checkpoint(text=CHECKPOINT + "more\n").extensions) == ["more"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "example.org\n",
        "example.org\n1\n",
        CHECKPOINT[:-1],
        CHECKPOINT.replace("20852163", "020852163"),
        CHECKPOINT.replace("20852163", "-1"),
        CHECKPOINT.replace("20852163", "٣"),
        CHECKPOINT.replace("CsUY", "CsU"),
        CHECKPOINT.replace("CsUYapGG", ""),
        CHECKPOINT + "\n",
        "\n" + CHECKPOINT,
    ],
)
def test_text_that_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(NoteBrokenError):
        read_checkpoint(text=text)


@given(
    size=st.integers(0, 2**62),
    root=st.binary(min_size=32, max_size=32),
    seeds=st.lists(st.binary(min_size=32, max_size=32), min_size=1, max_size=3),
)
def test_checkpoint_of_several_keys_is_read_by_each(size: int, root: bytes, seeds: list[bytes]) -> None:
    checkpoint = CheckpointText(origin="consent.example.org", tree_size=size, root=root)
    signers = [Signer(name="consent.example.org", seed=seed) for seed in seeds]

    note = read_note(written=str(sign_note(text=str(checkpoint), signers=signers)))

    assert read_checkpoint(text=note.text) == CheckpointText(
        origin="consent.example.org", tree_size=size, root=root, extensions=[]
    )
    for signer in signers:
        assert signer.verifier in check_note(note=note, verifiers=[signer.verifier])


def test_text_that_cannot_be_a_note_is_not_signed() -> None:
    with pytest.raises(NoteBrokenError):
        sign_note(text="without an end", signers=[peter()])


def test_note_without_its_text_says_nothing_of_it() -> None:
    note = Note(text="another text\n", signatures=read_note(written=f"{TEXT}\n{BY_PETER}").signatures)

    with pytest.raises(SignatureBrokenError):
        check_note(note=note, verifiers=verifiers(PETER))
