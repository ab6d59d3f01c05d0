package dev.trestle.lightclient.attested;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.DecodeException;
import dev.trestle.crypto.EcdsaSignature;
import dev.trestle.proofs.evm.EvmHeader;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The client message: a header and the signatures of members over its {@link HeaderAttestation}.
 *
 * <p>Canonical bytes: {@code u64 epoch | bytes headerRlp | u16 n | bitmap | signatures}. Bit {@code
 * i} is bit {@code i mod 8}, least significant first, of byte {@code i / 8}; signatures are 64
 * bytes (EIP-2098) in ascending order of member number.
 *
 * @param members how many members the committee has
 * @param signatures by member number, all below {@code members}
 */
public record AttestedUpdate(
    long epoch, Bytes headerRlp, int members, SortedMap<Integer, EcdsaSignature> signatures) {
  static final int EVIDENCE_VERSION = 1;

  public AttestedUpdate {
    signatures = Collections.unmodifiableSortedMap(new TreeMap<>(signatures));
    if (!signatures.isEmpty() && (signatures.firstKey() < 0 || signatures.lastKey() >= members)) {
      throw new IllegalArgumentException("a signature of no member");
    }
  }

  public Bytes encode() {
    byte[] bitmap = new byte[(members + 7) / 8];
    for (int member : signatures.keySet()) {
      bitmap[member / 8] |= (byte) (1 << (member % 8));
    }
    CanonicalWriter out = new CanonicalWriter().u64(epoch).bytes(headerRlp).u16(members);
    out.fixed(Bytes.wrap(bitmap));
    for (Map.Entry<Integer, EcdsaSignature> entry : signatures.entrySet()) {
      out.fixed(entry.getValue().bytes());
    }
    return out.toBytes();
  }

  /**
   * Evidence of misbehaviour for {@code LightClient.checkMisbehaviour}: one message that
   * contradicts a header of the client's state, or two that contradict each other.
   */
  public static Bytes evidence(List<Bytes> messages) {
    CanonicalWriter out = new CanonicalWriter().u8(EVIDENCE_VERSION).u8(messages.size());
    messages.forEach(out::bytes);
    return out.toBytes();
  }

  /**
   * The parts of a message, bitmap and signatures still apart so that each defect gets its own
   * name.
   */
  record Raw(long epoch, Bytes headerRlp, int members, Bytes bitmap, List<EcdsaSignature> rest) {
    /**
     * @throws DecodeException if it is truncated, over a limit, or no multiple of signatures follow
     */
    static Raw decode(Bytes message) {
      return CanonicalReader.decode(message, Raw::read);
    }

    private static Raw read(CanonicalReader in) {
      long epoch = in.u64();
      Bytes header = in.bytes(EvmHeader.MAX_SIZE);
      int members = in.u16();
      if (members > AttestedAnchor.MAX_MEMBERS) {
        throw new DecodeException(members + " members");
      }
      Bytes bitmap = in.fixed((members + 7) / 8);
      if (in.remaining() > (AttestedAnchor.MAX_MEMBERS + 1) * EcdsaSignature.SIZE) {
        throw new DecodeException("more signatures than members");
      }
      List<EcdsaSignature> signatures = new ArrayList<>();
      while (in.remaining() > 0) {
        signatures.add(new EcdsaSignature(in.fixed(EcdsaSignature.SIZE)));
      }
      return new Raw(epoch, header, members, bitmap, signatures);
    }

    /** Members whose bit is set, bits beyond the set included. */
    List<Integer> signers() {
      List<Integer> signers = new ArrayList<>();
      for (int i = 0; i < 8 * bitmap.size(); i++) {
        if ((bitmap.at(i / 8) >>> (i % 8) & 1) == 1) {
          signers.add(i);
        }
      }
      return signers;
    }
  }
}
