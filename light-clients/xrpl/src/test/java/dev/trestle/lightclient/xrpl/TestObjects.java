package dev.trestle.lightclient.xrpl;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.Hash32;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Signed objects as validators and publishers make them. */
final class TestObjects {
  private static final Bytes VALIDATION = Bytes.fromHex("56414c00");
  private static final Bytes MANIFEST = Bytes.fromHex("4d414e00");

  private TestObjects() {}

  /** A validator with its master key and the key it signs with. */
  record Validator(TestKey master, TestKey signing, long sequence) {
    static Validator of(String seed, int number) {
      String name = seed + number;
      TestKey signing =
          number % 3 == 2 ? TestKey.ed25519(name + "signing") : TestKey.secp256k1(name + "signing");
      return new Validator(TestKey.ed25519(name + "master"), signing, 1);
    }

    Validator rotated(String seed) {
      return new Validator(master, TestKey.secp256k1(seed), sequence + 1);
    }

    Bytes manifest() {
      return TestObjects.manifest(master, Optional.of(signing), sequence);
    }
  }

  static CanonicalWriter blob(CanonicalWriter out, int code, Bytes value) {
    return out.u8(code).u8(value.size()).fixed(value);
  }

  static Bytes manifest(TestKey master, Optional<TestKey> signing, long sequence) {
    CanonicalWriter head = new CanonicalWriter().u8(0x24).u32(sequence);
    blob(head, 0x71, master.key().bytes());
    signing.ifPresent(key -> blob(head, 0x73, key.key().bytes()));
    Bytes fields = head.toBytes();
    Bytes message = Bytes.concat(MANIFEST, fields);
    CanonicalWriter out = new CanonicalWriter().fixed(fields);
    signing.ifPresent(key -> blob(out, 0x76, key.sign(message)));
    return blob(out.u8(0x70), 0x12, master.sign(message)).toBytes();
  }

  static Bytes validation(TestKey key, LedgerHeader ledger) {
    return validation(key, ledger.hash(), ledger.index(), 0x8000_0001L);
  }

  static Bytes validation(TestKey key, Hash32 hash, long index, long flags) {
    CanonicalWriter head = new CanonicalWriter().u8(0x22).u32(flags).u8(0x26).u32(index);
    head.u8(0x29).u32(742_337_423L).u8(0x51).hash(hash);
    Bytes fields = blob(head, 0x73, key.key().bytes()).toBytes();
    Bytes signature = key.sign(Bytes.concat(VALIDATION, fields));
    return blob(new CanonicalWriter().fixed(fields), 0x76, signature).toBytes();
  }

  static SignedList list(
      TestKey publisher, TestKey signing, long sequence, long expiration, List<Validator> members) {
    return list(
        manifest(publisher, Optional.of(signing), 1), signing, json(sequence, expiration, members));
  }

  static SignedList list(Bytes manifest, TestKey signing, String json) {
    Bytes blob = Bytes.utf8(json);
    return new SignedList(manifest, blob, signing.sign(blob));
  }

  /**
   * @param expiration Unix time
   */
  static String json(long sequence, long expiration, List<Validator> members) {
    return document(sequence, expiration, entries(members));
  }

  static List<String> entries(List<Validator> members) {
    return members.stream().map(TestObjects::entry).toList();
  }

  static String document(long sequence, long expiration, List<String> entries) {
    return String.format(
        Locale.ROOT,
        "{\"sequence\":%d,\"expiration\":%d,\"validators\":[%s]}",
        sequence,
        expiration - LedgerHeader.EPOCH,
        String.join(",", entries));
  }

  private static String entry(Validator member) {
    return "{\"validation_public_key\":\"%s\",\"manifest\":\"%s\"}"
        .formatted(
            member.master().key(), Base64.getEncoder().encodeToString(member.manifest().toArray()));
  }
}
