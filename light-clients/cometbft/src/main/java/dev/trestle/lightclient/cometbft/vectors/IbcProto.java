package dev.trestle.lightclient.cometbft.vectors;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.lightclient.cometbft.TrustLevel;
import dev.trestle.lightclient.cometbft.TrustOptions;
import dev.trestle.proofs.protobuf.ProtoReader;
import java.time.Duration;
import java.time.Instant;

/** Client and consensus states of {@code ibc.lightclients.tendermint.v1}, as far as needed. */
final class IbcProto {
  private static final int MAX_TEXT = 256;
  private static final int MAX_SPECS = 8;

  private IbcProto() {}

  record ClientState(String chainId, TrustOptions options, boolean frozen, long latestHeight) {}

  record ConsensusState(Instant time, Bytes root, Bytes nextValidatorsHash) {}

  private record Height(long revision, long height) {
    static Height read(ProtoReader in) {
      return new Height(in.varint(1, Long.MAX_VALUE), in.varint(2, Long.MAX_VALUE));
    }
  }

  static ClientState clientState(Bytes encoded) {
    return ProtoReader.decode(encoded, IbcProto::readClientState);
  }

  private static ClientState readClientState(ProtoReader in) {
    String chainId = in.ascii(1, MAX_TEXT);
    TrustLevel level =
        in.required(
            2,
            fraction ->
                new TrustLevel(
                    fraction.varint(1, Integer.MAX_VALUE), fraction.varint(2, Integer.MAX_VALUE)));
    Duration trusting = in.required(3, IbcProto::readDuration);
    Duration unbonding = in.required(4, IbcProto::readDuration);
    Duration drift = in.required(5, IbcProto::readDuration);
    Height frozen = in.required(6, Height::read);
    Height latest = in.required(7, Height::read);
    in.messages(8, MAX_SPECS, IbcProto::skipSpec);
    boolean upgradePath;
    do {
      upgradePath = in.choice(9, MAX_TEXT).isPresent();
    } while (upgradePath);
    in.bool(10);
    in.bool(11);
    if (trusting.compareTo(unbonding) >= 0) {
      throw new DecodeException("trust beyond the unbonding period");
    }
    return new ClientState(
        chainId, new TrustOptions(level, trusting, drift), frozen.height() != 0, latest.height());
  }

  private static Duration readDuration(ProtoReader in) {
    return Duration.ofSeconds(
        in.varint(1, TrustOptions.MAX.toSeconds()), in.varint(2, 999_999_999));
  }

  /** A {@code ProofSpec}: the specifications of this chain's trees are known. */
  private static boolean skipSpec(ProtoReader in) {
    in.message(
        1,
        leaf -> {
          for (int field = 1; field <= 4; field++) {
            leaf.varint(field);
          }
          return leaf.bytes(5, MAX_TEXT).size();
        });
    in.message(
        2,
        inner -> {
          inner.bytes(1, MAX_TEXT);
          for (int field = 2; field <= 4; field++) {
            inner.varint(field);
          }
          inner.bytes(5, MAX_TEXT);
          return inner.varint(6);
        });
    in.varint(3);
    in.varint(4);
    return in.bool(5);
  }

  static ConsensusState consensusState(Bytes encoded) {
    return ProtoReader.decode(
        encoded,
        in ->
            new ConsensusState(
                in.timestamp(1),
                in.required(2, root -> root.bytes(1, MAX_TEXT)),
                in.bytes(3, MAX_TEXT)));
  }
}
