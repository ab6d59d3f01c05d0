package dev.trestle.lightclient.cometbft;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.Ed25519PublicKey;
import dev.trestle.proofs.protobuf.ProtoReader;
import dev.trestle.proofs.protobuf.ProtoWriter;

/**
 * A validator with an Ed25519 key; other kinds of keys are refused. The address is derived from the
 * key, never taken from a message: the set's hash covers key and power alone (ASA-2024-009).
 *
 * @param address the first 20 bytes of the key's SHA-256
 * @param key 32 bytes
 * @param power at least 1
 */
public record Validator(Bytes address, Bytes key, long power) {
  public static final int ADDRESS_SIZE = 20;

  public Validator {
    if (key.size() != Ed25519PublicKey.SIZE || power < 1) {
      throw new IllegalArgumentException("a validator with power " + power);
    }
    if (!address.equals(addressOf(key))) {
      throw new IllegalArgumentException("the address is not the key's");
    }
  }

  public static Validator of(Bytes key, long power) {
    return new Validator(addressOf(key), key, power);
  }

  private static Bytes addressOf(Bytes key) {
    return Digests.sha256(key).bytes().slice(0, ADDRESS_SIZE);
  }

  /** Reads {@code Validator}; the priority for proposing has no meaning here. */
  static Validator read(ProtoReader in) {
    Bytes address = in.bytes(1, ADDRESS_SIZE);
    Bytes key = in.required(2, Validator::readKey);
    long power = in.varint(3, Long.MAX_VALUE);
    long priority = in.varint(4);
    if (priority < -ValidatorSet.MAX_PRIORITY || priority > ValidatorSet.MAX_PRIORITY) {
      throw new DecodeException("priority " + priority);
    }
    return new Validator(address, key, power);
  }

  private static Bytes readKey(ProtoReader in) {
    return in.choice(1, Ed25519PublicKey.SIZE)
        .orElseThrow(() -> new DecodeException("not an Ed25519 key"));
  }

  void write(ProtoWriter out) {
    out.bytes(1, address).message(2, writer -> writer.message(1, key)).varint(3, power);
  }

  /** What the set's hash covers. */
  Bytes leaf() {
    return new ProtoWriter()
        .message(1, writer -> writer.message(1, key))
        .varint(2, power)
        .toBytes();
  }
}
