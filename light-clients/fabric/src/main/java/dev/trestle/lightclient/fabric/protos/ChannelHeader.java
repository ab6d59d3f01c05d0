package dev.trestle.lightclient.fabric.protos;

import dev.trestle.base.Bytes;

/**
 * {@code common.ChannelHeader}.
 *
 * @param type {@code HeaderType}
 * @param extension encoded {@code ChaincodeHeaderExtension} of an endorser transaction
 */
public record ChannelHeader(int type, String channel, String transactionId, Bytes extension) {
  /** {@code HeaderType.CONFIG}. */
  public static final int CONFIG = 1;

  /** {@code HeaderType.ENDORSER_TRANSACTION}. */
  public static final int ENDORSER_TRANSACTION = 3;

  private static final int MAX_TYPE = 100;

  public static ChannelHeader decode(Bytes encoded) {
    ProtoFields in = ProtoFields.parse(encoded);
    return new ChannelHeader(in.integer(1, MAX_TYPE), in.text(4), in.text(5), in.bytes(7));
  }

  /** The chaincode that the client meant to call; empty if the header names none. */
  public String chaincode() {
    return ProtoFields.parse(extension).message(2).text(2);
  }
}
