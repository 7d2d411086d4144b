"""The long PDUs of SMPP, by the codec of `smpp34`: the only file that knows that package, and it knows nothing else of
it. Its own sessions acknowledge a delivery before anybody took it.
"""

from dataclasses import dataclass

import smpp34

from skipline.channels.smpp.segments import PartNumber, part_header, part_of, read_header
from skipline.channels.smpp.writing import Short

_UDHI = 0x40
_RECEIPTED_MESSAGE_ID = 0x001E
_USER_MESSAGE_REFERENCE = 0x0204
_SAR_MSG_REF_NUM = 0x020C
_SAR_TOTAL_SEGMENTS = 0x020E
_SAR_SEGMENT_SEQNUM = 0x020F
_NETWORK_ERROR_CODE = 0x0423
_MESSAGE_PAYLOAD = 0x0424
_MESSAGE_STATE = 0x0427
"""Tags of optional parameters (SMPP 3.4 section 5.3.2)."""
_LONGEST_SHORT_MESSAGE = 254
_WITH_RECEIPT, _WITH_FAILURE_RECEIPT = 1, 2


class Undecodable(Exception):
    """A PDU whose inside is not what its header says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deliver:
    """One deliver_sm, its words still in octets. `id`, `state` and `network_error` are a receipt's parameters."""

    source: str
    destination: str
    esm_class: int
    data_coding: int
    words: bytes
    part: PartNumber | None = None
    id: str = ""
    state: int | None = None
    network_error: bytes = b""
    reference: int | None = None


def encode_submit(short: Short, sequence: int) -> bytes:
    """One part of a message as a submit_sm. Raises `ValueError` for what the protocol cannot carry."""
    payload, esm_class, tlvs = short.words, 0, []
    if short.part is not None and short.form == "udh":
        payload = part_header(short.part.reference, short.part.total, short.part.number) + payload
        esm_class = _UDHI
    elif short.part is not None:
        tlvs = _sar(short.part)
    if len(payload) > _LONGEST_SHORT_MESSAGE or short.form == "payload":
        tlvs.append(smpp34.Tlv(_MESSAGE_PAYLOAD, payload))
        payload = b""
    tlvs.append(smpp34.Tlv(_USER_MESSAGE_REFERENCE, (short.reference & 0xFFFF).to_bytes(2, "big")))
    return smpp34.SubmitSm(
        short.source.text,
        short.destination.text,
        payload,
        source_addr_ton=short.source.ton,
        source_addr_npi=short.source.npi,
        dest_addr_ton=short.destination.ton,
        dest_addr_npi=short.destination.npi,
        esm_class=esm_class,
        registered_delivery=_WITH_RECEIPT if short.is_last else _WITH_FAILURE_RECEIPT,
        data_coding=short.data_coding,
        tlvs=tlvs,
        sequence_number=sequence,
    ).encode()


def _sar(part: PartNumber) -> list[smpp34.Tlv]:
    """The parameters of section 5.3.2.22 to 5.3.2.24."""
    return [
        smpp34.Tlv(_SAR_MSG_REF_NUM, (part.reference & 0xFFFF).to_bytes(2, "big")),
        smpp34.Tlv(_SAR_TOTAL_SEGMENTS, bytes([part.total])),
        smpp34.Tlv(_SAR_SEGMENT_SEQNUM, bytes([part.number])),
    ]


def decode_deliver(raw: bytes) -> Deliver:
    """What a deliver_sm holds. Raises `Undecodable`."""
    try:
        pdu = smpp34.decode(raw)
    except (smpp34.SmppError, ValueError) as wrong:
        raise Undecodable(str(wrong)) from None
    if not isinstance(pdu, smpp34.DeliverSm):
        raise Undecodable("it is no deliver_sm")
    tlvs = {one.tag: one.value for one in pdu.tlvs}
    words = pdu.short_message or tlvs.get(_MESSAGE_PAYLOAD, b"")
    part = _sar_part(tlvs)
    if pdu.esm_class & _UDHI:
        found, words = read_header(words)
        part = found or part
    return Deliver(
        source=pdu.source_addr,
        destination=pdu.destination_addr,
        esm_class=pdu.esm_class,
        data_coding=pdu.data_coding,
        words=words,
        part=part,
        id=_text(tlvs.get(_RECEIPTED_MESSAGE_ID, b"")),
        state=_number(tlvs.get(_MESSAGE_STATE)),
        network_error=tlvs.get(_NETWORK_ERROR_CODE, b""),
        reference=_number(tlvs.get(_USER_MESSAGE_REFERENCE)),
    )


def _sar_part(tlvs: dict[int, bytes]) -> PartNumber | None:
    reference = _number(tlvs.get(_SAR_MSG_REF_NUM))
    total, number = tlvs.get(_SAR_TOTAL_SEGMENTS), tlvs.get(_SAR_SEGMENT_SEQNUM)
    if reference is None or not total or not number:
        return None
    return part_of(reference, total[0], number[0])


def _text(value: bytes) -> str:
    return value.partition(b"\x00")[0].decode("latin-1").strip()


def _number(value: bytes | None) -> int | None:
    return int.from_bytes(value[:4], "big") if value else None
