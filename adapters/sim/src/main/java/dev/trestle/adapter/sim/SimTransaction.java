package dev.trestle.adapter.sim;

import dev.trestle.adapter.HtlcPort.HtlcTerms;
import dev.trestle.base.Amount;
import dev.trestle.base.AssetId;
import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.DomainTag;
import dev.trestle.crypto.EcdsaSignature;
import dev.trestle.crypto.PublicKey;
import dev.trestle.crypto.Secp256k1;
import dev.trestle.crypto.SecretKey;
import java.util.List;

/**
 * A transaction of a simulated chain. As on real chains the identifier and the signature cover
 * everything but the witness.
 *
 * @param witness data that unlocks inputs, on UTXO chains
 */
public record SimTransaction(Body body, List<Bytes> witness, EcdsaSignature signature) {
  private static final int MAX_ITEMS = 64;
  private static final int MAX_BYTES = 1_024;
  private static final Bytes TAG = DomainTag.of("sim", "transaction", 1).hash().bytes();

  public SimTransaction {
    witness = List.copyOf(witness);
  }

  /** How transactions are signed. */
  public enum Signatures {
    /** As on real chains. */
    ECDSA,
    /**
     * A hash that anybody can make: for simulations in which nobody forges, and in which signing
     * would take most of the time.
     */
    STAND_IN;

    private EcdsaSignature sign(Hash32 id, PublicKey signer, SecretKey key) {
      return this == ECDSA ? Secp256k1.instance().signEcdsa(id, key) : standIn(id, signer);
    }

    boolean isSigned(SimTransaction tx) {
      Hash32 id = tx.id();
      return this == ECDSA
          ? Secp256k1.instance().verifyEcdsa(tx.signature, id, tx.body.signer())
          : standIn(id, tx.body.signer()).equals(tx.signature);
    }

    private static EcdsaSignature standIn(Hash32 id, PublicKey signer) {
      byte[] twice = new byte[EcdsaSignature.SIZE];
      byte[] half = Digests.sha256(id.bytes(), signer.compressed()).bytes().toArray();
      half[0] &= 0x3f; // below the half order, as a signature must be
      System.arraycopy(half, 0, twice, 0, half.length);
      System.arraycopy(half, 0, twice, half.length, half.length);
      return new EcdsaSignature(Bytes.of(twice));
    }
  }

  /**
   * What is signed.
   *
   * @param nonce of the signer, on account based chains
   * @param inputs on UTXO chains, as are {@code outputs}
   * @param lockTime Unix time before which it is not valid; 0 for none
   */
  public record Body(
      PublicKey signer,
      long nonce,
      List<Outpoint> inputs,
      List<Output> outputs,
      Operation operation,
      Amount fee,
      long lockTime) {
    public Body {
      inputs = List.copyOf(inputs);
      outputs = List.copyOf(outputs);
    }

    Bytes toBytes() {
      CanonicalWriter out = new CanonicalWriter();
      out.fixed(signer.compressed()).u64(nonce);
      out.list(inputs, (to, in) -> to.hash(in.id()).u32(in.index()));
      out.list(outputs, (to, each) -> to.bytes(each.script()).amount(each.amount()));
      operation.write(out);
      out.amount(fee).u64(lockTime);
      return out.toBytes();
    }

    Hash32 id() {
      return Digests.sha256(TAG, toBytes());
    }

    SimTransaction sign(Signatures by, SecretKey key, List<Bytes> witness) {
      return new SimTransaction(this, witness, by.sign(id(), signer, key));
    }
  }

  /** Output {@code index} of transaction {@code id}. */
  public record Outpoint(Hash32 id, long index) implements Comparable<Outpoint> {
    @Override
    public int compareTo(Outpoint other) {
      int byId = id.compareTo(other.id);
      return byId != 0 ? byId : Long.compare(index, other.index);
    }
  }

  /**
   * @param script a compressed public key, or the 32-byte key of a lock
   */
  public record Output(Bytes script, Amount amount) {}

  /** What a transaction does on an account based chain. */
  public sealed interface Operation {
    record None() implements Operation {}

    record Transfer(Bytes to, Amount amount) implements Operation {}

    record Lock(HtlcTerms terms) implements Operation {}

    record Claim(HtlcTerms terms, Hash32 preimage) implements Operation {}

    record Refund(HtlcTerms terms) implements Operation {}

    private void write(CanonicalWriter out) {
      switch (this) {
        case None none -> out.u8(0);
        case Transfer(Bytes to, Amount amount) -> out.u8(1).bytes(to).amount(amount);
        case Lock(HtlcTerms terms) -> out.u8(2).bytes(termsBytes(terms));
        case Claim(HtlcTerms terms, Hash32 preimage) ->
            out.u8(3).bytes(termsBytes(terms)).hash(preimage);
        case Refund(HtlcTerms terms) -> out.u8(4).bytes(termsBytes(terms));
      }
    }

    private static Operation read(CanonicalReader in) {
      int kind = in.u8();
      return switch (kind) {
        case 0 -> new None();
        case 1 -> new Transfer(in.bytes(MAX_BYTES), in.amount());
        case 2 -> new Lock(termsOf(in.bytes(MAX_BYTES)));
        case 3 -> new Claim(termsOf(in.bytes(MAX_BYTES)), in.hash());
        case 4 -> new Refund(termsOf(in.bytes(MAX_BYTES)));
        default -> throw new DecodeException("operation " + kind);
      };
    }
  }

  public Hash32 id() {
    return body.id();
  }

  public Bytes toBytes() {
    return new CanonicalWriter()
        .bytes(body.toBytes())
        .list(witness, CanonicalWriter::bytes)
        .fixed(signature.bytes())
        .toBytes();
  }

  static SimTransaction parse(Bytes raw) {
    return CanonicalReader.decode(
        raw,
        in ->
            new SimTransaction(
                CanonicalReader.decode(in.bytes(1 << 16), SimTransaction::readBody),
                in.list(MAX_ITEMS, item -> item.bytes(MAX_BYTES)),
                new EcdsaSignature(in.fixed(EcdsaSignature.SIZE))));
  }

  private static Body readBody(CanonicalReader in) {
    return new Body(
        new PublicKey(in.fixed(PublicKey.SIZE)),
        in.u64(),
        in.list(MAX_ITEMS, each -> new Outpoint(each.hash(), each.u32())),
        in.list(MAX_ITEMS, each -> new Output(each.bytes(MAX_BYTES), each.amount())),
        Operation.read(in),
        in.amount(),
        in.u64());
  }

  static Bytes termsBytes(HtlcTerms terms) {
    return new CanonicalWriter()
        .text(terms.asset().toString())
        .amount(terms.amount())
        .hash(terms.hash())
        .bytes(terms.claimer())
        .bytes(terms.refunder())
        .u64(terms.expirySeconds())
        .toBytes();
  }

  static HtlcTerms termsOf(Bytes bytes) {
    return CanonicalReader.decode(
        bytes,
        in ->
            new HtlcTerms(
                AssetId.parse(in.text(256)),
                in.amount(),
                in.hash(),
                in.bytes(128),
                in.bytes(128),
                in.u64()));
  }

  /** What identifies a lock: a commitment to its terms. */
  static Hash32 lockKey(HtlcTerms terms) {
    return Digests.tagged("TRESTLE/sim/lock/v1", termsBytes(terms));
  }
}
