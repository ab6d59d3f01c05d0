package dev.trestle.lightclient.corda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.base.ReasonCode;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.Digests;
import dev.trestle.lightclient.Budget;
import dev.trestle.lightclient.ClientStatus;
import dev.trestle.lightclient.HeaderRef;
import dev.trestle.lightclient.LightClient;
import dev.trestle.lightclient.RejectionCode;
import dev.trestle.lightclient.contract.ClientState;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CordaRulesTest {
  private static final LightClient CLIENT = new CordaFamily().client();
  private static final CordaNetwork NETWORK = CordaContractTest.NETWORK;
  private static final Bytes A = TestKey.ed25519("a").encoded();
  private static final Bytes B = TestKey.secp256k1("b").encoded();

  private static Budget ample() {
    return new Budget(Long.MAX_VALUE);
  }

  private static ReasonCode reason(Verdict<?> verdict) {
    return switch (verdict) {
      case Verdict.Rejected<?>(ReasonCode reason, String detail) -> reason;
      case Verdict.Ignored<?>(ReasonCode reason, String detail) -> reason;
      case Verdict.Later<?>(ReasonCode reason, String detail) -> reason;
      case Verdict.Accepted<?> accepted -> throw new AssertionError("accepted");
    };
  }

  private static ClientState after(ClientState state, long now, NotarisedTransaction... all) {
    var update = CLIENT.verify(state, CordaNetwork.message(all), ample(), now).orThrow();
    return state.with(CLIENT.apply(state, update));
  }

  private static Bytes pair(long threshold, long first, long second) {
    return TestKey.composite(
        threshold, List.of(new TestKey.Part(A, first), new TestKey.Part(B, second)));
  }

  @Test
  void compositeKeysAreBounded() {
    Bytes deep = pair(1, 1, 1);
    for (int i = 0; i < CordaKey.MAX_DEPTH; i++) {
      Bytes other = TestKey.ed25519("level " + i).encoded();
      deep = TestKey.composite(1L, List.of(new TestKey.Part(other, 1), new TestKey.Part(deep, 1)));
    }
    for (Bytes bad :
        List.of(
            pair(0, 1, 1),
            pair(-1, 1, 1),
            pair(3, 1, 1),
            pair(1, 0, 1),
            pair(1, -1, 3),
            pair(1, Integer.MAX_VALUE, 1), // the sum overflows
            pair(1, 1L << 32 | 1, 1), // more than an int
            TestKey.composite(1L, List.of(new TestKey.Part(A, 1))),
            TestKey.composite(1L, List.of(new TestKey.Part(A, 1), new TestKey.Part(A, 1))),
            TestKey.composite(
                2L, List.of(new TestKey.Part(A, 1), new TestKey.Part(pair(1, 1, 1), 1))),
            deep,
            Bytes.concat(pair(1, 1, 1), Bytes.fromHex("00")),
            Bytes.EMPTY)) {
      assertThatThrownBy(() -> CordaKey.decode(bad)).isInstanceOf(DecodeException.class);
    }
    assertThat(CordaKey.decode(pair(Integer.MAX_VALUE, Integer.MAX_VALUE - 1, 1)).keys())
        .hasSize(2);
  }

  @Test
  void anAnchorHasAKeyThatCanSignAndAnEnd() {
    assertThat(reason(initialize(A, List.of(), 9, 1, 2))).isEqualTo(RejectionCode.MALFORMED);
    List<SignableForm> forms = CordaNetwork.forms();
    assertThat(initialize(B, forms, 9, 1, 2).isAccepted()).isTrue();
    assertThat(reason(initialize(B, List.of(forms.getFirst()), 9, 1, 2)))
        .as("no form for the scheme")
        .isEqualTo(RejectionCode.MALFORMED);
    List<SignableForm> twice = List.of(forms.getFirst(), forms.getFirst());
    assertThat(reason(initialize(A, twice, 9, 1, 2))).isEqualTo(RejectionCode.MALFORMED);
    for (int groups : new int[] {0, 8, 17}) {
      assertThat(reason(initialize(A, forms, groups, 1, 2))).isEqualTo(RejectionCode.MALFORMED);
    }
    for (long until : new long[] {0, 1, 2 + CordaRules.MAX_PERIOD}) {
      assertThat(reason(initialize(A, forms, 9, 1, until))).isEqualTo(RejectionCode.MALFORMED);
    }
  }

  private static Verdict<?> initialize(
      Bytes key, List<SignableForm> forms, int groups, long from, long until) {
    // Writes what the records themselves refuse to hold.
    var out = Messages.begin().hash(NETWORK.network()).bytes(key).bytes(NETWORK.party());
    out.list(List.of(NETWORK.parameters(1)), (to, each) -> to.bytes(each));
    out.list(forms, (to, form) -> form.write(to)).u8(groups).bool(false).u64(from).u64(until);
    return CLIENT.initialize(out.u64(0).toBytes(), ample());
  }

  /** The tree does not say at which level groups end, so each other level must be refused. */
  @Test
  void groupsAtAnotherLevelOfTheTreeAreRefused() {
    TestTransaction wide = NETWORK.transaction("wide", TestTransaction.reference("mine", 0));
    List<Bytes> hidden = List.of(TestTransaction.reference("stolen", 0), Bytes.utf8("other"));
    for (int group = 9; group < 32; group++) {
      wide = wide.with(group, hidden);
    }
    List<Hash32> roots = wide.roots();
    List<Hash32> halves = new ArrayList<>();
    for (int i = 0; i < roots.size(); i += 2) {
      halves.add(CordaTree.node(roots.get(i), roots.get(i + 1)));
    }
    assertThat(CordaTree.root(halves)).as("the attack is real").isEqualTo(wide.id());
    assertThat(roots).hasSize(32);
    assertThatThrownBy(() -> new GroupHashes(roots)).isInstanceOf(IllegalArgumentException.class);
    NotarisedTransaction good = NETWORK.notarised(NETWORK.first());
    NotarisedTransaction cut =
        new NotarisedTransaction(
            new GroupHashes(halves),
            wide.nonce(4, 0),
            wide.nonce(8, 0),
            good.inputs(),
            List.of(NETWORK.sign(0, wide.id()), NETWORK.sign(3, wide.id())));
    int most = GroupHashes.MAX;
    CordaRules like = NETWORK.rules(NETWORK.network());
    CordaRules rules =
        new CordaRules(
            like.network(),
            like.key(),
            like.party(),
            like.parameters(),
            like.forms(),
            most,
            true,
            like.from(),
            like.until());
    assertThat(reason(NotaryRules.spend(rules, cut, ample()))).isEqualTo(CordaCode.NOTARY_MISMATCH);
    // The half that the notary saw, as if it were signed in a batch with the half that it did not.
    Hash32 left = CordaTree.root(roots.subList(0, most));
    Hash32 right = CordaTree.root(roots.subList(most, 2 * most));
    assertThat(CordaTree.node(left, right)).isEqualTo(wide.id());
    TestTransaction seen = NETWORK.transaction("wide", TestTransaction.reference("mine", 0));
    for (int group = 9; group < most; group++) {
      seen = seen.with(group, hidden);
    }
    assertThat(seen.id()).isEqualTo(left);
    PartialTree batch =
        new PartialTree.Node(new PartialTree.Included(left), new PartialTree.Cut(right));
    NotarisedTransaction half = NETWORK.batched(seen, batch, wide.id());
    assertThat(NotaryRules.signed(rules, half, left, ample()).isAccepted())
        .as("why batches are off by default")
        .isTrue();
    assertThat(reason(NotaryRules.signed(like, half, left, ample())))
        .isEqualTo(CordaCode.BATCH_TREE);
  }

  /** A participant may build a tree of outputs of uneven depth; an index is one component still. */
  @Test
  void anUnevenTreeShowsNoTwoComponentsAtOneIndex() {
    TestTransaction three = NETWORK.transaction("uneven");
    List<Hash32> leaves = three.leaves(1);
    Hash32 uneven = CordaTree.node(CordaTree.node(leaves.get(0), leaves.get(1)), leaves.get(2));
    List<Hash32> roots = new ArrayList<>(three.roots());
    roots.set(1, uneven);
    GroupHashes groups = new GroupHashes(roots);
    Hash32 inner = CordaTree.node(leaves.get(0), leaves.get(1));
    ComponentProof flat =
        new ComponentProof(groups, List.of(inner, leaves.get(2)), three.nonce(1, 2));
    ComponentProof full = new ComponentProof(groups, leaves, three.nonce(1, 1));
    ComponentPath path = new ComponentPath(groups.id(), 1, 1);
    assertThat(flat.shows(path, three.of(1).get(2)).isAccepted()).isTrue();
    assertThat(reason(full.shows(path, three.of(1).get(1)))).isEqualTo(RejectionCode.ROOT_MISMATCH);
  }

  @Test
  void oldTransactionsLeaveWithWhatTheyConsumed() {
    TestKey key = NETWORK.key(0);
    ClientState state = single(key, 0, CordaNetwork.UNTIL);
    int size = 0;
    for (int i = 1; i <= CordaState.WINDOW + 2; i++) {
      state = after(state, CordaNetwork.FROM + i, single(key, i));
      size = i == CordaState.WINDOW ? state.size() : size;
    }
    assertThat(state.size()).as("bounded").isEqualTo(size);
    assertThat(CLIENT.latest(state).height()).isEqualTo(CordaState.WINDOW + 2);
    assertThat(reason(CLIENT.timestampAt(state, 2))).isEqualTo(RejectionCode.UNKNOWN_HEIGHT);
    assertThat(CLIENT.timestampAt(state, 3).orThrow()).isEqualTo(CordaNetwork.FROM + 3);
    assertThat(spent(state, 2)).isEmpty();
    assertThat(spent(state, 3)).isPresent();
    assertThat(reason(verify(state, single(key, 3)))).isEqualTo(RejectionCode.NOTHING_NEW);
    assertThat(verify(state, single(key, 2)).isAccepted()).isTrue();
  }

  private static Optional<Hash32> spent(ClientState state, int i) {
    Bytes input = TestTransaction.reference("made " + i, 0);
    return CordaState.spender(state, Digests.sha256(input));
  }

  private static Verdict<?> verify(ClientState state, NotarisedTransaction transaction) {
    return CLIENT.verify(state, CordaNetwork.message(transaction), ample(), CordaNetwork.NOW);
  }

  private static NotarisedTransaction single(TestKey key, int i) {
    TestTransaction transaction =
        NETWORK.transaction("number " + i, TestTransaction.reference("made " + i, 0));
    return transaction.notarised(
        List.of(CordaNetwork.sign(0, key, CordaNetwork.VERSION, transaction.id())));
  }

  private static ClientState single(TestKey key, long height, long until) {
    return state(NETWORK.party(), key, height, until, false);
  }

  private static ClientState state(
      Bytes party, TestKey key, long height, long until, boolean batches) {
    CordaRules rules =
        new CordaRules(
            NETWORK.network(),
            key.encoded(),
            party,
            List.of(NETWORK.parameters(1)),
            CordaNetwork.forms(),
            GroupHashes.MIN,
            batches,
            CordaNetwork.FROM,
            until);
    return ClientState.EMPTY.with(
        CLIENT.initialize(new CordaAnchor(rules, height).encode(), ample()).orThrow());
  }

  @Test
  void timeIsThatOfAcceptanceAndNeverGoesBack() {
    TestKey key = NETWORK.key(0);
    ClientState state = single(key, 41, CordaNetwork.UNTIL);
    assertThat(CLIENT.latest(state))
        .isEqualTo(new HeaderRef(41, NETWORK.network(), CordaNetwork.FROM));
    state = after(state, CordaNetwork.FROM + 50, single(key, 1));
    state = after(state, CordaNetwork.FROM + 49, single(key, 2));
    assertThat(CLIENT.timestampAt(state, 42).orThrow()).isEqualTo(CordaNetwork.FROM + 50);
    assertThat(CLIENT.timestampAt(state, 43).orThrow()).isEqualTo(CordaNetwork.FROM + 50);
    assertThat(reason(CLIENT.timestampAt(state, 44))).isEqualTo(RejectionCode.UNKNOWN_HEIGHT);
    assertThat(reason(CLIENT.timestampAt(state, -1))).isEqualTo(RejectionCode.UNKNOWN_HEIGHT);
    assertThat(CLIENT.status(state, CordaNetwork.UNTIL - 30_000)).isEqualTo(ClientStatus.EXPIRING);
    assertThat(CLIENT.status(state, CordaNetwork.UNTIL - 30_001)).isEqualTo(ClientStatus.ACTIVE);
  }

  @Test
  void aSubstituteIsNeitherBehindNorWeaker() {
    TestKey key = NETWORK.key(0);
    ClientState subject = after(single(key, 5, CordaNetwork.UNTIL), 0, single(key, 1));
    long end = CordaNetwork.UNTIL;
    ClientState newKey = single(TestKey.ed25519("new"), 6, end + 1);
    ClientState recovered = subject.with(CLIENT.recover(subject, newKey, ample(), end).orThrow());
    assertThat(recovered.hash()).as("nothing of the old state stays").isEqualTo(newKey.hash());
    assertThat(reason(CLIENT.recover(subject, single(key, 5, end + 1), ample(), end)))
        .isEqualTo(RejectionCode.STALE_HEIGHT);
    ClientState weaker = state(NETWORK.party(), key, 6, end + 1, true);
    assertThat(reason(CLIENT.recover(subject, weaker, ample(), end)))
        .isEqualTo(RejectionCode.VALUE_MISMATCH);
    ClientState other = state(Bytes.utf8("another notary"), key, 6, end + 1, false);
    assertThat(reason(CLIENT.recover(subject, other, ample(), end)))
        .isEqualTo(RejectionCode.WRONG_CHAIN);
  }
}
