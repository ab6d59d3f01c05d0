package dev.trestle.relay.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trestle.base.Bytes;
import dev.trestle.base.ChainId;
import dev.trestle.base.DecodeException;
import dev.trestle.crypto.PublicKey;
import dev.trestle.crypto.SecretKey;
import dev.trestle.relay.ledger.record.TrustPolicy;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Trees of verifiers: canonical, bounded, monotone, and nobody counts twice. */
class TrustPolicyTest {
  private static final ChainId BTC = ChainId.parse("bip122:fake");
  private static final TrustPolicy.Leaf CLIENT = new TrustPolicy.LightClient(BTC, 6);
  private static final TrustPolicy.Leaf COMMITTEE = new TrustPolicy.Committee();
  private static final List<TrustPolicy.Leaf> KEYS =
      IntStream.range(0, 40)
          .<TrustPolicy.Leaf>mapToObj(
              i ->
                  new TrustPolicy.Attestor(
                      SecretKey.derive(Bytes.utf8("policy"), "key " + i).publicKey()))
          .toList();

  private static void refused(ThrowingCallable policy) {
    assertThatThrownBy(policy).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void theOrderOfWritingDoesNotMatter() {
    assertThat(TrustPolicy.all(CLIENT, COMMITTEE)).isEqualTo(TrustPolicy.all(COMMITTEE, CLIENT));
    assertThat(TrustPolicy.all(CLIENT, COMMITTEE).hash())
        .isNotEqualTo(TrustPolicy.any(CLIENT, COMMITTEE).hash());
    refused(() -> new TrustPolicy.Group(1, List.of(COMMITTEE, CLIENT)));
  }

  @Test
  void andOrAndKOfN() {
    TrustPolicy both = TrustPolicy.all(CLIENT, COMMITTEE);
    assertThat(both.isSatisfied(CLIENT::equals)).isFalse();
    assertThat(both.isSatisfied(leaf -> true)).isTrue();
    TrustPolicy one = TrustPolicy.any(CLIENT, COMMITTEE);
    assertThat(one.isSatisfied(COMMITTEE::equals)).isTrue();
    assertThat(one.isSatisfied(leaf -> false)).isFalse();
    TrustPolicy two = TrustPolicy.atLeast(2, CLIENT, COMMITTEE, KEYS.getFirst());
    assertThat(two.isSatisfied(KEYS.getFirst()::equals)).isFalse();
    assertThat(two.isSatisfied(leaf -> !leaf.equals(CLIENT))).isTrue();
  }

  @Test
  void nobodyCountsTwice() {
    TrustPolicy.Leaf deeper = new TrustPolicy.LightClient(BTC, 12);
    refused(() -> TrustPolicy.atLeast(2, CLIENT, deeper, COMMITTEE));
    refused(() -> TrustPolicy.all(CLIENT, TrustPolicy.any(deeper, COMMITTEE)));
    refused(() -> TrustPolicy.any(CLIENT, CLIENT));
    TrustPolicy.Attestor key = (TrustPolicy.Attestor) KEYS.getFirst();
    byte[] other = key.key().compressed().toArray();
    other[0] ^= 1;
    TrustPolicy.Attestor negated = new TrustPolicy.Attestor(new PublicKey(Bytes.wrap(other)));
    refused(() -> TrustPolicy.all(key, negated));
    // alternatives may name one verifier: only one of them has to hold
    assertThat(
            TrustPolicy.any(TrustPolicy.all(CLIENT, COMMITTEE), TrustPolicy.all(CLIENT, key))
                .leaves())
        .hasSize(4);
  }

  @Test
  void treesAreBounded() {
    refused(() -> TrustPolicy.any(KEYS.subList(0, 17).toArray(TrustPolicy[]::new)));
    refused(() -> TrustPolicy.atLeast(3, CLIENT, COMMITTEE));
    refused(() -> TrustPolicy.atLeast(0, CLIENT, COMMITTEE));
    refused(() -> TrustPolicy.all(CLIENT));
    refused(() -> new TrustPolicy.LightClient(BTC, 0));
    TrustPolicy deep = CLIENT;
    for (int level = 2; level <= TrustPolicy.MAX_DEPTH; level++) {
      deep = TrustPolicy.any(deep, KEYS.get(level));
    }
    TrustPolicy deepest = deep;
    assertThat(TrustPolicy.decode(deepest.encode())).isEqualTo(deepest);
    refused(() -> TrustPolicy.any(deepest, COMMITTEE));
    List<TrustPolicy> groups = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      groups.add(TrustPolicy.any(KEYS.subList(12 * i, 12 * i + 12).toArray(TrustPolicy[]::new)));
    }
    refused(() -> TrustPolicy.any(groups.toArray(TrustPolicy[]::new)));
  }

  @Test
  void onlyTheCanonicalFormIsRead() {
    TrustPolicy policy = TrustPolicy.atLeast(2, CLIENT, COMMITTEE, KEYS.getFirst());
    Bytes encoded = policy.encode();
    for (int i = 0; i < encoded.size() * 8; i++) {
      byte[] altered = encoded.toArray();
      altered[i / 8] ^= (byte) (1 << (i % 8));
      Bytes other = Bytes.wrap(altered);
      try {
        assertThat(TrustPolicy.decode(other).encode()).as("bit %d", i).isEqualTo(other);
      } catch (DecodeException refused) {
        assertThat(refused).hasMessageNotContaining("null");
      }
    }
    // nested deeper than can be built: refused before it is descended into
    Bytes level = Bytes.fromHex("040101");
    Bytes nested = Bytes.EMPTY;
    for (int i = 0; i < 600; i++) {
      nested = Bytes.concat(nested, level);
    }
    Bytes bomb = nested;
    assertThatThrownBy(() -> TrustPolicy.decode(bomb))
        .isInstanceOf(DecodeException.class)
        .hasMessageContaining("levels");
  }

  /** More evidence never satisfies less (a policy of "fewer than" is not expressible). */
  @Test
  void policiesAreMonotone() {
    for (long seed = 1; seed <= 200; seed++) {
      Random random = new Random(seed);
      TrustPolicy policy = tree(random, new ArrayList<>(KEYS.subList(0, 12)), 1);
      assertThat(TrustPolicy.decode(policy.encode())).as("seed %d", seed).isEqualTo(policy);
      Set<TrustPolicy.Leaf> held = new HashSet<>();
      boolean before = policy.isSatisfied(held::contains);
      assertThat(before).as("seed %d: nothing satisfies nothing", seed).isFalse();
      for (TrustPolicy.Leaf leaf : policy.leaves()) {
        held.add(leaf);
        boolean now = policy.isSatisfied(held::contains);
        assertThat(now || !before).as("seed %d", seed).isTrue();
        before = now;
      }
      assertThat(before).as("seed %d: all satisfies", seed).isTrue();
    }
  }

  private static TrustPolicy tree(Random random, List<TrustPolicy.Leaf> left, int level) {
    if (level >= 3 || left.size() < 4 || (level > 1 && random.nextBoolean())) {
      return left.removeFirst();
    }
    int children = 2 + random.nextInt(2);
    List<TrustPolicy> of = new ArrayList<>();
    for (int i = 0; i < children; i++) {
      of.add(tree(random, left, level + 1));
    }
    return TrustPolicy.atLeast(1 + random.nextInt(children), of.toArray(TrustPolicy[]::new));
  }
}
