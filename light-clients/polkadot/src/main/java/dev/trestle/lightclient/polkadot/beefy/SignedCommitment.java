package dev.trestle.lightclient.polkadot.beefy;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Verdict;
import dev.trestle.lightclient.RejectionCode;
import dev.trestle.lightclient.polkadot.Messages;
import dev.trestle.lightclient.polkadot.ScaleReader;
import dev.trestle.lightclient.polkadot.ScaleWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A commitment with its signatures as nodes hand it out ({@code VersionedFinalityProof::V1} of the
 * compact {@code SignedCommitment}): {@code 1 | commitment | bytes bitfield | length u32 |
 * signatures}. The bit of the first validator is the highest of the first byte; bits behind the
 * last validator are zero; there are as many signatures as bits.
 *
 * <p>Polkadot SDK {@code primitives/consensus/beefy/src/commitment.rs}.
 *
 * @param signatures one entry a validator; 65 bytes r, s and recovery id where it signed
 */
public record SignedCommitment(Commitment commitment, List<Optional<Bytes>> signatures) {
  /** Largest encoding in bytes. */
  public static final int MAX_SIZE = 120_000;

  static final int SIGNATURE_SIZE = 65;
  private static final int VERSION = 1;

  public SignedCommitment {
    signatures = List.copyOf(signatures);
  }

  /** What is written, before bits and signatures are brought together. */
  private record Written(Commitment commitment, Bytes bitfield, int length, List<Bytes> given) {
    private boolean bit(int index) {
      return ((bitfield.at(index / Byte.SIZE) >>> (7 - index % Byte.SIZE)) & 1) == 1;
    }
  }

  /** Rejects with {@code malformed}, and with {@code bits-beyond-set} bits behind the last. */
  public static Verdict<SignedCommitment> decode(Bytes encoded) {
    Written written;
    try {
      written = ScaleReader.decode(encoded, SignedCommitment::read);
    } catch (DecodeException e) {
      return Messages.malformed(e);
    }
    List<Optional<Bytes>> signatures = new ArrayList<>(written.length());
    int used = 0;
    for (int i = 0; i < written.bitfield().size() * Byte.SIZE; i++) {
      boolean set = written.bit(i);
      if (set && i >= written.length()) {
        return Verdict.reject(
            RejectionCode.BITS_BEYOND_SET, "bit " + i + " of " + written.length());
      }
      if (set && used == written.given().size()) {
        return Verdict.reject(RejectionCode.MALFORMED, "fewer signatures than bits");
      }
      if (i < written.length()) {
        signatures.add(set ? Optional.of(written.given().get(used++)) : Optional.empty());
      }
    }
    return used == written.given().size()
        ? Verdict.accept(new SignedCommitment(written.commitment(), signatures))
        : Verdict.reject(RejectionCode.MALFORMED, "more signatures than bits");
  }

  private static Written read(ScaleReader in) {
    int version = in.u8();
    if (version != VERSION) {
      throw new DecodeException("a finality proof of version " + version);
    }
    Commitment commitment = Commitment.read(in);
    Bytes bitfield = in.bytes(ValidatorSet.MAX_VALIDATORS / Byte.SIZE + 1);
    long length = in.u32();
    List<Bytes> given =
        in.list(ValidatorSet.MAX_VALIDATORS, SIGNATURE_SIZE, each -> each.fixed(SIGNATURE_SIZE));
    // substrate pads a full last byte with one more
    boolean fits =
        bitfield.size() == (length + 7) / Byte.SIZE || bitfield.size() == length / Byte.SIZE + 1;
    if (length > ValidatorSet.MAX_VALIDATORS || !fits) {
      throw new DecodeException(bitfield.size() + " bytes of bits for " + length);
    }
    return new Written(commitment, bitfield, (int) length, given);
  }

  /** As substrate writes it, with a whole byte of padding where the last one is full. */
  public Bytes encode() {
    byte[] bits = new byte[signatures.size() / Byte.SIZE + 1];
    for (int i = 0; i < signatures.size(); i++) {
      bits[i / Byte.SIZE] |= (byte) (signatures.get(i).isPresent() ? 1 << (7 - i % Byte.SIZE) : 0);
    }
    ScaleWriter out = new ScaleWriter().u8(VERSION);
    commitment.write(out);
    return out.bytes(Bytes.wrap(bits))
        .u32(signatures.size())
        .list(signatures.stream().flatMap(Optional::stream).toList(), ScaleWriter::fixed)
        .toBytes();
  }

  /** How many signed. */
  public long signers() {
    return signatures.stream().filter(Optional::isPresent).count();
  }
}
