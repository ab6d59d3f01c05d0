package dev.trestle.lightclient.polkadot;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import java.util.List;

/**
 * A block header with 32-bit numbers and BLAKE2b-256 (Polkadot specification 3.2): {@code parent 32
 * | compact number | stateRoot 32 | extrinsicsRoot 32 | digest}.
 *
 * @param hash BLAKE2b-256 of the encoding
 */
public record Header(
    Hash32 parentHash,
    long number,
    Hash32 stateRoot,
    Hash32 extrinsicsRoot,
    List<DigestItem> digest,
    Hash32 hash) {
  /** Largest header in bytes: the keys of a thousand validators in three engines. */
  public static final int MAX_SIZE = 200_000;

  /** Fewest bytes of a header. */
  public static final int MIN_SIZE = 98;

  /** Most items of a digest. */
  public static final int MAX_DIGEST_ITEMS = 64;

  /** With the hash computed. */
  public static Header of(
      Hash32 parentHash,
      long number,
      Hash32 stateRoot,
      Hash32 extrinsicsRoot,
      List<DigestItem> digest) {
    ScaleWriter out = new ScaleWriter();
    write(out, parentHash, number, stateRoot, extrinsicsRoot, digest);
    return new Header(
        parentHash,
        number,
        stateRoot,
        extrinsicsRoot,
        List.copyOf(digest),
        Digests.blake2b256(out.toBytes()));
  }

  /**
   * @throws dev.trestle.base.DecodeException if these are not the bytes of one header
   */
  public static Header decode(Bytes encoded) {
    return ScaleReader.decode(encoded, Header::read);
  }

  /** The next header of {@code in}. */
  public static Header read(ScaleReader in) {
    int start = in.position();
    Hash32 parent = in.hash();
    long number = in.compactU32();
    Hash32 stateRoot = in.hash();
    Hash32 extrinsicsRoot = in.hash();
    List<DigestItem> digest = in.list(MAX_DIGEST_ITEMS, 1, DigestItem::read);
    Hash32 hash = Digests.blake2b256(in.since(start));
    return new Header(parent, number, stateRoot, extrinsicsRoot, digest, hash);
  }

  public Bytes encode() {
    ScaleWriter out = new ScaleWriter();
    write(out);
    return out.toBytes();
  }

  public void write(ScaleWriter out) {
    write(out, parentHash, number, stateRoot, extrinsicsRoot, digest);
  }

  private static void write(
      ScaleWriter out,
      Hash32 parentHash,
      long number,
      Hash32 stateRoot,
      Hash32 extrinsicsRoot,
      List<DigestItem> digest) {
    out.hash(parentHash).compact(number).hash(stateRoot).hash(extrinsicsRoot);
    out.list(digest, (to, item) -> item.write(to));
  }
}
