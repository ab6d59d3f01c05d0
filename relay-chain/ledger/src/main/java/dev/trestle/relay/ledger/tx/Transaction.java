package dev.trestle.relay.ledger.tx;

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
import java.util.Optional;

/**
 * A signed request to the ledger: {@code u8 version = 1 | b32 chainId | sender, 33 bytes | u64
 * nonce | u8 type | body | signature, 64 bytes}. The signature is EIP-2098 over {@code
 * keccak256(tag || everything before the signature)}.
 *
 * <p>Immutable. It remembers its encoding, its id and whether it is signed once one of them was
 * asked for, so that the costly check happens once however many blocks it is tried in, and on
 * whatever thread asks first.
 */
public final class Transaction {
  private static final int VERSION = 1;
  private static final DomainTag TAG = DomainTag.of("ledger", "transaction", 1);

  /** Largest transaction in bytes that can be decoded at all; genesis may ask for less. */
  public static final int MAX_SIZE = 1_000_000;

  private final Hash32 chainId;
  private final PublicKey sender;
  private final long nonce;
  private final TransactionBody body;
  private final EcdsaSignature signature;

  // each is a function of the fields above: two threads that both compute it store the same
  private volatile Optional<Bytes> encoded = Optional.empty();
  private volatile Optional<Hash32> id = Optional.empty();
  private volatile Optional<Boolean> signed = Optional.empty();

  public Transaction(
      Hash32 chainId,
      PublicKey sender,
      long nonce,
      TransactionBody body,
      EcdsaSignature signature) {
    this.chainId = chainId;
    this.sender = sender;
    this.nonce = nonce;
    this.body = body;
    this.signature = signature;
  }

  /** Signs {@code body} for {@code chainId} with {@code key}, which becomes the sender. */
  public static Transaction sign(Hash32 chainId, SecretKey key, long nonce, TransactionBody body) {
    PublicKey sender = key.publicKey();
    Hash32 digest = digest(chainId, sender, nonce, body);
    return new Transaction(
        chainId, sender, nonce, body, Secp256k1.instance().signEcdsa(digest, key));
  }

  /** What the sender signs. */
  public static Hash32 digest(Hash32 chainId, PublicKey sender, long nonce, TransactionBody body) {
    return digest(unsigned(chainId, sender, nonce, body));
  }

  private static Hash32 digest(Bytes unsigned) {
    return Digests.keccak256(TAG.hash().bytes(), unsigned);
  }

  /** Of the relay chain it is meant for: keccak256 of the genesis. */
  public Hash32 chainId() {
    return chainId;
  }

  /** Any key may send; authority is checked by each body. */
  public PublicKey sender() {
    return sender;
  }

  /** How many transactions of this sender are in the chain already. */
  public long nonce() {
    return nonce;
  }

  public TransactionBody body() {
    return body;
  }

  public EcdsaSignature signature() {
    return signature;
  }

  /** SHA-256 of the whole encoding. */
  public Hash32 id() {
    Optional<Hash32> known = id;
    if (known.isEmpty()) {
      known = Optional.of(Digests.sha256(encode()));
      id = known;
    }
    return known.get();
  }

  /** Whether the signature is the sender's; the parity bit is checked as well. */
  public boolean isSigned() {
    Optional<Boolean> known = signed;
    if (known.isEmpty()) {
      Bytes whole = encode();
      Hash32 digest = digest(whole.slice(0, whole.size() - EcdsaSignature.SIZE));
      known =
          Optional.of(
              Secp256k1.instance().recover(signature, digest).filter(sender::equals).isPresent());
      signed = known;
    }
    return known.get();
  }

  public Bytes encode() {
    Optional<Bytes> known = encoded;
    if (known.isEmpty()) {
      known = Optional.of(Bytes.concat(unsigned(chainId, sender, nonce, body), signature.bytes()));
      encoded = known;
    }
    return known.get();
  }

  /**
   * @throws DecodeException unless {@code encoded} is exactly the canonical form of a transaction
   */
  public static Transaction decode(Bytes encoded) {
    if (encoded.size() > MAX_SIZE) {
      throw new DecodeException("a transaction of " + encoded.size() + " bytes");
    }
    Transaction decoded = CanonicalReader.decode(encoded, Transaction::read);
    decoded.encoded = Optional.of(encoded); // the form is canonical: there is no other encoding
    return decoded;
  }

  private static Transaction read(CanonicalReader in) {
    if (in.u8() != VERSION) {
      throw new DecodeException("not a transaction of version " + VERSION);
    }
    return new Transaction(
        in.hash(),
        new PublicKey(in.fixed(PublicKey.SIZE)),
        in.u64(),
        BodyCodec.read(in),
        new EcdsaSignature(in.fixed(EcdsaSignature.SIZE)));
  }

  private static Bytes unsigned(
      Hash32 chainId, PublicKey sender, long nonce, TransactionBody body) {
    CanonicalWriter out = new CanonicalWriter().u8(VERSION).hash(chainId);
    out.fixed(sender.compressed()).u64(nonce);
    BodyCodec.write(out, body);
    return out.toBytes();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Transaction that && encode().equals(that.encode());
  }

  @Override
  public int hashCode() {
    return id().hashCode();
  }

  @Override
  public String toString() {
    return "Transaction[" + sender + ", " + nonce + ", " + body + "]";
  }
}
