package dev.trestle.relay.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.Secp256k1;
import dev.trestle.crypto.SecretKey;
import dev.trestle.relay.consensus.ConsensusLimits;
import dev.trestle.relay.consensus.Evidence;
import dev.trestle.relay.consensus.SignedStatement;
import dev.trestle.relay.consensus.Statement;
import java.nio.file.Path;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvidencePoolTest {
  @TempDir Path temp;

  /** Two COMMITs of one key in round 0 of {@code height}. */
  static Evidence doubleCommit(SecretKey key, long height, Hash32 chainId) {
    return new Evidence(commit(key, height, chainId, "one"), commit(key, height, chainId, "other"));
  }

  private static SignedStatement commit(SecretKey key, long height, Hash32 chainId, String block) {
    Statement statement = Statement.commit(height, 0, Digests.sha256(Bytes.utf8(block)));
    return new SignedStatement(
        statement,
        key.publicKey().evmAddress(),
        Secp256k1.instance().signEcdsa(statement.digest(chainId), key));
  }

  private static Evidence of(int offender, long height) {
    return doubleCommit(DevNet.key("offender", offender), height, Chains.CHAIN);
  }

  private RocksStore open() {
    return RocksStore.open(temp, Chains.CHAIN);
  }

  @Test
  void nobodyTakesMoreThanOnePlace() {
    try (RocksStore store = open()) {
      EvidencePool pool = new EvidencePool(store, each -> true);
      for (long height = 1; height <= 5; height++) {
        assertThat(pool.add(of(0, height))).isEqualTo(height == 1);
      }
      assertThat(pool.add(of(1, 1))).isTrue();
      assertThat(pool.first()).containsExactly(of(0, 1), of(1, 1));
    }
  }

  @Test
  void aBlockGetsNoMoreThanItMayHold() {
    try (RocksStore store = open()) {
      EvidencePool pool = new EvidencePool(store, each -> true);
      for (int i = 0; i < EvidencePool.MAX_PIECES; i++) {
        assertThat(pool.add(of(i, 1))).isTrue();
      }
      assertThat(pool.add(of(EvidencePool.MAX_PIECES, 1))).as("no room").isFalse();
      assertThat(pool.first()).hasSize(ConsensusLimits.MAX_EVIDENCE).startsWith(of(0, 1));
    }
  }

  @Test
  void aRestartForgetsNothingThatIsNotProved() {
    try (RocksStore store = open()) {
      EvidencePool pool = new EvidencePool(store, each -> true);
      assertThat(pool.add(of(0, 1))).isTrue();
      assertThat(pool.add(of(1, 2))).isTrue();
    }
    Predicate<Evidence> second = each -> each.equals(of(1, 2));
    try (RocksStore store = open()) {
      EvidencePool pool = new EvidencePool(store, second);
      assertThat(pool.first()).as("the other is in a block").containsExactly(of(1, 2));
    }
    try (RocksStore store = open()) {
      assertThat(store.waitingEvidence()).containsExactly(of(1, 2));
    }
  }

  @Test
  void whatABlockHoldsMakesRoom() {
    boolean[] isNew = {true};
    try (RocksStore store = open()) {
      EvidencePool pool = new EvidencePool(store, each -> isNew[0]);
      assertThat(pool.add(of(0, 1))).isTrue();
      pool.headMoved();
      assertThat(pool.size()).isEqualTo(1);
      isNew[0] = false;
      assertThat(pool.add(of(1, 1))).isFalse();
      pool.headMoved();
      assertThat(pool.size()).isZero();
      assertThat(store.waitingEvidence()).isEmpty();
    }
  }

  @Test
  void nothingIsWrittenDuringAPause() {
    try (RocksStore store = open()) {
      EvidencePool pool = new EvidencePool(store, each -> true);
      pool.pause(true);
      assertThat(pool.add(of(0, 1))).isFalse();
      assertThat(store.waitingEvidence()).isEmpty();
      pool.pause(false);
      assertThat(pool.add(of(0, 1))).isTrue();
    }
  }
}
