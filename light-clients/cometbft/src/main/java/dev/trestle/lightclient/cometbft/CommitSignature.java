package dev.trestle.lightclient.cometbft;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.crypto.Ed25519PublicKey;
import dev.trestle.proofs.protobuf.ProtoReader;
import dev.trestle.proofs.protobuf.ProtoWriter;
import java.time.Instant;

/**
 * What one validator did in the commit's round.
 *
 * @param address of the validator; empty when it was absent
 * @param timestamp of the vote; without meaning when it was absent
 * @param signature empty when it was absent
 */
public record CommitSignature(Vote vote, Bytes address, Instant timestamp, Bytes signature) {
  /** For what the validator voted. */
  public enum Vote {
    ABSENT(1),
    /** For the block. The only vote that counts. */
    COMMIT(2),
    NIL(3);

    private final int flag;

    Vote(int flag) {
      this.flag = flag;
    }

    /**
     * @param flag {@code BlockIDFlag} of the protocol
     * @throws DecodeException if there is no such flag
     */
    public static Vote of(long flag) {
      for (Vote each : values()) {
        if (each.flag == flag) {
          return each;
        }
      }
      throw new DecodeException("block id flag " + flag);
    }

    int flag() {
      return flag;
    }
  }

  /** A validator that did not vote. */
  public static final CommitSignature ABSENT =
      new CommitSignature(
          Vote.ABSENT, Bytes.EMPTY, Instant.ofEpochSecond(ProtoWriter.MIN_SECONDS), Bytes.EMPTY);

  /** CometBFT {@code CommitSig.ValidateBasic}: nothing in an absent entry, all in the others. */
  boolean isWellFormed() {
    if (vote == Vote.ABSENT) {
      boolean noTime = timestamp.equals(Instant.EPOCH) || timestamp.equals(ABSENT.timestamp);
      return address.isEmpty() && signature.isEmpty() && noTime;
    }
    return address.size() == Validator.ADDRESS_SIZE
        && signature.size() == Ed25519PublicKey.SIGNATURE_SIZE;
  }

  static CommitSignature read(ProtoReader in) {
    return new CommitSignature(
        Vote.of(in.varint(1)),
        in.bytes(2, Validator.ADDRESS_SIZE),
        in.timestamp(3),
        in.bytes(4, Ed25519PublicKey.SIGNATURE_SIZE));
  }

  void write(ProtoWriter out) {
    out.varint(1, vote.flag()).bytes(2, address).timestamp(3, timestamp).bytes(4, signature);
  }
}
