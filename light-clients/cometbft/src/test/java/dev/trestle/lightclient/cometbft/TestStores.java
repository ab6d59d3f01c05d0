package dev.trestle.lightclient.cometbft;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.lightclient.Claim;
import dev.trestle.lightclient.contract.Input;
import dev.trestle.proofs.ics23.CommitmentProof;
import dev.trestle.proofs.ics23.MerkleProof;
import java.util.List;
import java.util.TreeMap;

/** The state of an application: IAVL stores under one root. */
final class TestStores {
  static final String STORE = "ibc";

  private final TestTree ibc;
  private final TestTree stores;
  private final TreeMap<Bytes, Bytes> entries = new TreeMap<>();

  /** {@code entries} keys in the store, each with a value that names {@code salt}. */
  TestStores(String salt, int count) {
    for (int i = 0; i < count; i++) {
      entries.put(key(i), Bytes.utf8("value " + i + " of " + salt));
    }
    this.ibc = TestTree.iavl(entries);
    TreeMap<Bytes, Bytes> roots = new TreeMap<>();
    roots.put(Bytes.utf8("bank"), Hash32.ZERO.bytes());
    roots.put(Bytes.utf8(STORE), ibc.root());
    roots.put(Bytes.utf8("staking"), Hash32.ZERO.bytes());
    this.stores = TestTree.simple(roots);
  }

  /** Even numbers only are there. */
  static Bytes key(int number) {
    return Bytes.utf8(String.format(java.util.Locale.ROOT, "commitments/%06d", 2 * number));
  }

  Hash32 appHash() {
    return new Hash32(stores.root());
  }

  MerkleProof under(CommitmentProof lower) {
    return new MerkleProof(List.of(lower, stores.proof(Bytes.utf8(STORE))));
  }

  TestTree ibc() {
    return ibc;
  }

  Claim claim(long height, int number) {
    Bytes key = key(number);
    return new Claim(
        path(height, key), entries.getOrDefault(key, Bytes.EMPTY), under(ibc.proof(key)).encode());
  }

  Input.Absence absence(long height, Bytes key) {
    return new Input.Absence(path(height, key), under(ibc.absence(key)).encode());
  }

  static Bytes path(long height, Bytes key) {
    return new StorePath(height, STORE, key).encode();
  }
}
