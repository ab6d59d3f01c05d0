package dev.trestle.lightclient.corda;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.Hash32;

/**
 * The serialised form of {@code SignableData(txId, SignatureMetadata(platformVersion,
 * schemeNumberID))} of one platform version and scheme: AMQP with its schema, of which only the
 * identifier changes. Encoding: {@code u32 platformVersion | u8 scheme | bytes prefix | bytes
 * suffix}.
 *
 * @param prefix up to the identifier
 * @param suffix after it
 */
public record SignableForm(
    long platformVersion, SignatureScheme scheme, Bytes prefix, Bytes suffix) {
  /** Largest prefix and suffix in bytes. */
  public static final int MAX_SIZE = 8_192;

  public Bytes message(Hash32 id) {
    return Bytes.concat(prefix, id.bytes(), suffix);
  }

  boolean isOf(long version, SignatureScheme other) {
    return platformVersion == version && scheme == other;
  }

  void write(CanonicalWriter out) {
    out.u32(platformVersion).u8(scheme.id()).bytes(prefix).bytes(suffix);
  }

  static SignableForm read(CanonicalReader in) {
    return new SignableForm(
        in.u32(), SignatureScheme.of(in.u8()), in.bytes(MAX_SIZE), in.bytes(MAX_SIZE));
  }
}
