package dev.trestle.lightclient.poa;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.trestle.base.Bytes;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.EvmAddress;
import dev.trestle.lightclient.Budget;
import dev.trestle.lightclient.Claim;
import dev.trestle.lightclient.ClientDelta;
import dev.trestle.lightclient.ClientStatus;
import dev.trestle.lightclient.ClientView;
import dev.trestle.lightclient.LightClient;
import dev.trestle.lightclient.RejectionCode;
import dev.trestle.lightclient.VerifiedUpdate;
import dev.trestle.lightclient.evm.EvmBlock;
import dev.trestle.lightclient.poa.PoaSettings.Consensus;
import dev.trestle.lightclient.poa.PoaState.Position;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A validator of the chain may vote on another stranger in every block that it proposes, for a
 * whole epoch. That must not cost those who follow the chain more than a budget pays for.
 */
class HostileVotesTest {
  private static final int BALLOTS = 20_000;
  private static final int HEADERS = 200;
  private static final long HEAD = 100_000;
  private static final long NOW = PoaChain.GENESIS_TIME + 5 * (HEAD + HEADERS);

  /** What a ledger lets one transaction use. */
  private static final long TRANSACTION = 4_000_000;

  /** A copy of every voter for every header took 4,500. */
  private static final long MAX_BYTES_PER_UNIT = 1_000;

  private static final long MAX_READ = 2_000;

  private static EvmAddress stranger(int number) {
    return new EvmAddress(Digests.sha256(Bytes.utf8("stranger" + number)).bytes().slice(0, 20));
  }

  private static Bytes head(PoaChain chain) {
    return chain.add(
        HEAD,
        chain.consensus.isClique()
            ? chain.draft(HEAD).signedAs(0, List.of())
            : chain.draft(HEAD).listing(0, 1, 2, 3).sealedBy(0, 1, 2));
  }

  private static ClientView state(PoaChain chain) {
    PoaHeader header = PoaHeader.decode(head(chain));
    TreeMap<VoteTally.Ballot, NavigableSet<EvmAddress>> open = new TreeMap<>();
    for (int i = 0; i < BALLOTS; i++) {
      open.put(new VoteTally.Ballot(stranger(i), true), new TreeSet<>(chain.addresses(i % 4)));
    }
    PoaSettings settings =
        new PoaSettings(
            PoaChain.CHAIN,
            chain.consensus,
            PoaSettings.MAX_EPOCH_LENGTH,
            false,
            chain.consensus.isClique() ? 3 : 0,
            604_800);
    Position position =
        new Position(
            EvmBlock.of(header.withHash(chain.hash(HEAD))),
            new VoteTally(ValidatorSet.of(chain.addresses(0, 1, 2, 3)), open),
            Optional.empty(),
            List.of());
    ClientDelta.Builder delta = ClientDelta.builder();
    PoaState.put(key -> Optional.empty(), delta, 0, position.head());
    new PoaState(settings, false, position.head(), 1).save(delta);
    PoaState.savePosition(delta, position);
    return delta.build().over(key -> Optional.empty());
  }

  private static Bytes votes(PoaChain chain) {
    List<Bytes> headers = new ArrayList<>();
    for (int i = 1; i <= HEADERS; i++) {
      PoaChain.Draft draft = chain.draft(HEAD + i);
      draft.vote = Optional.of(new Vote(stranger(BALLOTS + i), true));
      headers.add(
          chain.add(
              HEAD + i,
              chain.consensus.isClique()
                  ? draft.inTurn().signedAs((int) ((HEAD + i) % 4), List.of())
                  : draft.listing(0, 1, 2, 3).proposedBy(i % 4).sealedBy(0, 1, 2)));
    }
    return new PoaMessage(headers).encode();
  }

  private static long allocated() {
    return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
  }

  @ParameterizedTest
  @EnumSource
  void votesAreChargedAndNotKeptForEveryHeader(Consensus consensus) {
    PoaChain chain = new PoaChain(consensus, "votes", 4);
    ClientView view = state(chain);
    Bytes message = votes(chain);
    Budget budget = new Budget(TRANSACTION);
    long before = allocated();
    Verdict<VerifiedUpdate> verdict = client().verify(view, message, budget, NOW);
    long units = TRANSACTION - budget.left();
    assertThat(verdict.isAccepted()).isTrue();
    assertThat((allocated() - before) / units).as("bytes a unit").isLessThan(MAX_BYTES_PER_UNIT);
    assertThat(client().verify(view, message, new Budget(units - 1), NOW))
        .isInstanceOfSatisfying(
            Verdict.Rejected.class,
            refused -> assertThat(refused.reason()).isEqualTo(RejectionCode.BUDGET_EXCEEDED));
  }

  @Test
  void onlyUpdatesReadTheVotes() {
    PoaChain chain = new PoaChain(Consensus.QBFT, "votes", 4);
    ClientView view = state(chain);
    AtomicLong read = new AtomicLong();
    ClientView watched =
        key -> {
          Optional<Bytes> value = view.get(key);
          read.addAndGet(value.map(Bytes::size).orElse(0));
          return value;
        };
    Claim claim = chain.world.logClaim(HEAD, HEAD, 1, 0);
    assertThat(client().status(watched, NOW)).isEqualTo(ClientStatus.ACTIVE);
    assertThat(client().latest(watched).height()).isEqualTo(HEAD);
    assertThat(client().timestampAt(watched, HEAD).isAccepted()).isTrue();
    assertThat(client().membership(watched, claim, new Budget(TRANSACTION)).isAccepted()).isTrue();
    assertThat(read.get()).as("bytes read").isLessThan(MAX_READ);
  }

  private static LightClient client() {
    return new PoaFamily().client();
  }
}
