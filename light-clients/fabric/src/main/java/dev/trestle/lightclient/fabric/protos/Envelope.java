package dev.trestle.lightclient.fabric.protos;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;

/**
 * {@code common.Envelope} with its {@code common.Payload}.
 *
 * @param payload what the creator signed
 * @param channelHeader encoded
 * @param signatureHeader encoded
 */
public record Envelope(
    Bytes payload,
    Bytes signature,
    Bytes channelHeader,
    Bytes signatureHeader,
    ChannelHeader channel,
    SignatureHeader creator,
    Bytes data) {
  /**
   * @throws DecodeException if it is no envelope
   */
  public static Envelope decode(Bytes encoded) {
    ProtoFields envelope = ProtoFields.parse(encoded);
    ProtoFields payload = envelope.message(1);
    ProtoFields header = payload.message(1);
    return new Envelope(
        envelope.bytes(1),
        envelope.bytes(2),
        header.bytes(1),
        header.bytes(2),
        ChannelHeader.decode(header.bytes(1)),
        SignatureHeader.decode(header.bytes(2)),
        payload.bytes(2));
  }
}
