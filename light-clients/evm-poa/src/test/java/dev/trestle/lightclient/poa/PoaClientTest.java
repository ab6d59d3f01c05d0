package dev.trestle.lightclient.poa;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.ReasonCode;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.EvmAddress;
import dev.trestle.lightclient.Budget;
import dev.trestle.lightclient.LightClient;
import dev.trestle.lightclient.RejectionCode;
import dev.trestle.lightclient.VerifiedUpdate;
import dev.trestle.lightclient.contract.ClientState;
import dev.trestle.lightclient.poa.PoaSettings.Consensus;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What the contract does not ask: skipping, epochs, votes. */
class PoaClientTest {
  private static final long NOW = PoaChain.GENESIS_TIME + 5 * 100;

  private final LightClient client = new PoaFamily().client();

  private ClientState start(PoaChain chain, boolean skipping, Bytes header) {
    Bytes anchor = new PoaAnchor(chain.settings(skipping), header).encode();
    return ClientState.EMPTY.with(client.initialize(anchor, budget()).orThrow());
  }

  private static Budget budget() {
    return new Budget(1L << 40);
  }

  private Verdict<VerifiedUpdate> verify(ClientState state, Bytes... headers) {
    return client.verify(state, new PoaMessage(List.of(headers)).encode(), budget(), NOW);
  }

  private ClientState take(ClientState state, Bytes... headers) {
    return state.with(client.apply(state, verify(state, headers).orThrow()));
  }

  private static void refused(ReasonCode code, Verdict<?> verdict) {
    assertThat(verdict)
        .isInstanceOfSatisfying(
            Verdict.Rejected.class, rejected -> assertThat(rejected.reason()).isEqualTo(code));
  }

  @Test
  void headersAreSkippedOnlyWithMoreThanAThirdOfTheTrusted() {
    PoaChain chain = new PoaChain(Consensus.QBFT, "skip", 12);
    Bytes first = chain.draft(33).listing(0, 1, 2, 3, 4, 5).sealedBy(0, 1, 2, 3);
    ClientState state = start(chain, true, first);
    PoaChain.Draft draft = chain.draft(50).listing(3, 4, 5, 6, 7, 8);
    // A quorum of its own set, of which 2 of 6 are trusted: exactly a third.
    refused(PoaCode.NOT_ENOUGH_TRUST, verify(state, draft.sealedBy(3, 4, 6, 7)));
    refused(PoaCode.INSUFFICIENT_SEALS, verify(state, draft.sealedBy(3, 4, 5)));
    ClientState next = take(state, draft.sealedBy(3, 4, 5, 6));
    assertThat(client.latest(next).height()).isEqualTo(50);
    // From now on the new set is the trusted one.
    refused(
        PoaCode.NOT_ENOUGH_TRUST, verify(next, chain.draft(60).listing(0, 1, 2).sealedBy(0, 1)));
    refused(
        PoaCode.NOT_A_CHILD,
        verify(
            next,
            chain.draft(51).listing(3, 4, 5, 6, 7, 8).childOf(Hash32.ZERO).sealedBy(3, 4, 5, 6)));
  }

  @Test
  void withoutSkippingAnAnchorStandsWhereNoVoteIsOpen() {
    PoaChain chain = new PoaChain(Consensus.QBFT, "anchor", 4);
    Bytes header = chain.draft(31).listing(0, 1, 2, 3).sealedBy(0, 1, 2);
    Bytes anchor = new PoaAnchor(chain.settings(false), header).encode();
    refused(PoaCode.ANCHOR_NOT_AT_EPOCH, client.initialize(anchor, budget()));
    Bytes contract = chain.draft(30).listing().sealedBy();
    refused(
        PoaCode.VALIDATORS_ORDER,
        client.initialize(new PoaAnchor(chain.settings(false), contract).encode(), budget()));
  }

  @Test
  void whereAnEpochEndsBothReadingsOfTheLastVoteAreTaken() {
    PoaChain chain = new PoaChain(Consensus.QBFT, "epoch", 6);
    chain.add(30, chain.draft(30).listing(0, 1, 2, 3).sealedBy(0, 1, 2));
    Bytes[] headers = new Bytes[29];
    for (int i = 0; i < 29; i++) {
      PoaChain.Draft draft = chain.draft(31 + i).listing(0, 1, 2, 3).proposedBy(i % 4);
      headers[i] = chain.add(31 + i, (i >= 26 ? draft.voting(4, true) : draft).sealedBy(0, 1, 2));
    }
    ClientState state = take(start(chain, false, chain.header(30)), headers);
    Bytes with = chain.draft(60).listing(0, 1, 2, 3, 4).sealedBy(0, 1, 2, 4);
    Bytes without = chain.draft(60).listing(0, 1, 2, 3).sealedBy(0, 1, 2);
    assertThat(verify(state, with).isAccepted()).isTrue();
    chain.add(60, without);
    ClientState next = take(state, without);
    // The votes of the epoch before are gone: one more does not complete them.
    Bytes vote = chain.draft(61).listing(0, 1, 2, 3).voting(4, true).sealedBy(0, 1, 2);
    chain.add(61, vote);
    refused(
        PoaCode.VALIDATORS_DIFFER_FROM_PARENT_STATE,
        verify(next, vote, chain.draft(62).listing(0, 1, 2, 3, 4).sealedBy(0, 1, 2, 3)));
    refused(
        PoaCode.VALIDATORS_DIFFER_FROM_PARENT_STATE,
        verify(state, chain.draft(60).listing(0, 1, 2).sealedBy(0, 1)));
  }

  @Test
  void oneWithdrawnVoteIsMissing() {
    PoaChain chain = new PoaChain(Consensus.IBFT2, "withdrawn", 6);
    chain.add(30, chain.draft(30).listing(0, 1, 2, 3).sealedBy(0, 1, 2));
    PoaChain.Draft[] drafts = new PoaChain.Draft[4];
    Bytes[] headers = new Bytes[4];
    int[] proposers = {0, 1, 0, 2};
    boolean[] add = {true, true, false, true};
    for (int i = 0; i < 4; i++) {
      drafts[i] =
          chain.draft(31 + i).listing(0, 1, 2, 3).proposedBy(proposers[i]).voting(4, add[i]);
      headers[i] = chain.add(31 + i, drafts[i].sealedBy(0, 1, 2));
    }
    ClientState state = take(start(chain, false, chain.header(30)), headers);
    Bytes four = chain.draft(35).listing(0, 1, 2, 3).sealedBy(0, 1, 2);
    Bytes five = chain.draft(35).listing(0, 1, 2, 3, 4).sealedBy(0, 1, 2, 3);
    assertThat(verify(state, four).isAccepted()).isTrue();
    refused(PoaCode.VALIDATORS_DIFFER_FROM_PARENT_STATE, verify(state, five));
  }

  @Test
  void whoLeavesTakesHisVotesAlong() {
    List<EvmAddress> a =
        IntStream.range(0, 6)
            .mapToObj(
                i ->
                    new EvmAddress(
                        Bytes.wrap(
                            new byte[] {
                              0,
                              0,
                              0,
                              0,
                              0,
                              0,
                              0,
                              0,
                              0,
                              0,
                              0,
                              0,
                              0,
                              0,
                              0,
                              0,
                              0,
                              0,
                              0,
                              (byte) (i + 1)
                            })))
            .toList();
    VoteTally tally = VoteTally.of(ValidatorSet.of(a.subList(0, 4)));
    tally = tally.after(a.get(3), new Vote(a.get(5), true), true);
    tally = tally.after(a.get(0), new Vote(a.get(5), true), true);
    for (int i = 0; i < 3; i++) {
      tally = tally.after(a.get(i), new Vote(a.get(3), false), true);
    }
    assertThat(tally.validators().members()).containsExactly(a.get(0), a.get(1), a.get(2));
    // Only the vote of the first is left; two of three are needed.
    assertThat(tally.after(a.get(0), new Vote(a.get(5), true), true).validators().size())
        .isEqualTo(3);
    assertThat(tally.after(a.get(1), new Vote(a.get(5), true), true).validators().size())
        .isEqualTo(4);
    // Clique does not count what could change nothing.
    assertThat(tally.after(a.get(0), new Vote(a.get(1), true), true).open())
        .isEqualTo(tally.open());
  }

  @Test
  void highSInASealNamesTheSameSigner() {
    PoaChain chain = new PoaChain(Consensus.QBFT, "high", 4);
    chain.add(30, chain.draft(30).listing(0, 1, 2, 3).sealedBy(0, 1, 2));
    ClientState state = start(chain, false, chain.header(30));
    PoaChain.Draft draft = chain.draft(31).listing(0, 1, 2, 3);
    Hash32 digest = draft.commitHash();
    List<Bytes> seals =
        List.of(
            PoaChain.seal(chain.keys.get(0), digest),
            PoaChain.seal(chain.keys.get(1), digest),
            BftContractTest.mirror(PoaChain.seal(chain.keys.get(2), digest)));
    assertThat(verify(state, draft.withSeals(seals)).isAccepted()).isTrue();
    assertThat(verify(state, Bytes.fromHex("c0")))
        .isInstanceOfSatisfying(
            Verdict.Rejected.class,
            rejected -> assertThat(rejected.reason()).isEqualTo(RejectionCode.MALFORMED));
  }
}
