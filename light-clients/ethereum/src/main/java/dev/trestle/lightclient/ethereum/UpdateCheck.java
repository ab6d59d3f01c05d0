package dev.trestle.lightclient.ethereum;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.BlsKeySet;
import dev.trestle.lightclient.Budget;
import dev.trestle.lightclient.ClientView;
import dev.trestle.lightclient.HeaderRef;
import dev.trestle.lightclient.RejectionCode;
import dev.trestle.lightclient.VerifiedUpdate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Verifies one message against a state; work is charged before it is done.
 *
 * <p>Besides the {@link SyncCode}s of {@link SyncProtocol#validate}: {@code budget-exceeded}
 * (before decoding, keys and signature), {@code malformed}, {@code execution-header} (one that goes
 * with nothing final), {@code next-committee-keys}; ignored with {@code nothing-new}.
 *
 * <p>altair/light-client/sync-protocol.md, {@code process_light_client_update}.
 */
final class UpdateCheck {
  /** Bytes of a message that one unit of hashing covers: its tree has a node for every 32. */
  private static final int BYTES_PER_UNIT = 16;

  /** Units for decoding the state and for the branches. */
  private static final long FIXED_UNITS = 256;

  private final ClientView view;
  private final EthereumState state;
  private final SyncProtocol protocol;
  private final Budget budget;

  private UpdateCheck(ClientView view, EthereumState state, Budget budget) {
    this.view = view;
    this.state = state;
    this.protocol = new SyncProtocol(state.network(), state.settings().profile());
    this.budget = budget;
  }

  /**
   * A message that passed.
   *
   * @param store after it
   * @param newBlock what became final with it
   * @param newKeys validated keys of a committee that the store did not know before
   */
  record Verified(
      LightClientStore store,
      Optional<FinalBlock> newBlock,
      Optional<NewKeys> newKeys,
      HeaderRef head)
      implements VerifiedUpdate {}

  record NewKeys(Hash32 committee, BlsKeySet keys) {}

  static boolean charge(Budget budget, Bytes input) {
    return budget.charge(FIXED_UNITS + Budget.HASH * (input.size() / BYTES_PER_UNIT + 1L));
  }

  static <T> Verdict<T> exceeded(String what) {
    return Verdict.reject(RejectionCode.BUDGET_EXCEEDED, what);
  }

  static Verdict<VerifiedUpdate> verify(
      ClientView view, EthereumState state, Bytes message, Budget budget, long nowSeconds) {
    if (!charge(budget, message)) {
      return exceeded("before decoding");
    }
    Preset preset = state.network().preset();
    try {
      EthereumMessage decoded = EthereumMessage.decode(message, preset);
      UpdateCheck check = new UpdateCheck(view, state, budget);
      long slot = state.network().slotAt(nowSeconds);
      return check.update(decoded, decoded.update(preset), slot);
    } catch (DecodeException e) {
      return Verdict.reject(RejectionCode.MALFORMED, String.valueOf(e.getMessage()));
    }
  }

  private Verdict<VerifiedUpdate> update(
      EthereumMessage message, LightClientUpdate update, long slot) {
    return protocol
        .check(state.store(), update, slot)
        .then(checked -> signature(protocol, view, state, checked, budget))
        .then(
            signed ->
                become(protocol.process(state.store(), signed), message, signed.nextCommittee()));
  }

  /** The signature of an update that passed everything else. */
  static Verdict<LightClientUpdate> signature(
      SyncProtocol protocol,
      ClientView view,
      EthereumState state,
      LightClientUpdate update,
      Budget budget) {
    if (!budget.charge(Budget.BLS_SIGNATURE)) {
      return exceeded("before the signature");
    }
    return protocol.signature(
        state.store(), update, root -> Optional.of(EthereumState.keys(view, root)));
  }

  private Verdict<VerifiedUpdate> become(
      LightClientStore next, EthereumMessage message, SyncCommittee committee) {
    LightClientStore before = state.store();
    boolean finalized = !next.finalized().equals(before.finalized());
    boolean progress =
        finalized
            || !next.optimistic().equals(before.optimistic())
            || !next.nextCommittee().equals(before.nextCommittee());
    if (!progress) {
      return Verdict.ignore(RejectionCode.NOTHING_NEW, "everything in it is known");
    }
    if (!finalized && message.executionHeader().isPresent()) {
      return Verdict.reject(SyncCode.EXECUTION_HEADER, "nothing became final");
    }
    Verdict<Optional<FinalBlock>> block =
        finalized
            ? ExecutionBinding.bind(state.network(), next.finalized(), message.executionHeader())
                .then(bound -> Verdict.accept(Optional.of(bound)))
            : Verdict.accept(Optional.empty());
    return block.then(
        bound -> newKeys(next, committee).then(keys -> Verdict.accept(done(next, bound, keys))));
  }

  private VerifiedUpdate done(
      LightClientStore next, Optional<FinalBlock> block, Optional<NewKeys> keys) {
    return new Verified(next, block, keys, block.orElse(state.latest()).ref(state.network()));
  }

  /** Validates the keys of a committee that the store did not name before. */
  private Verdict<Optional<NewKeys>> newKeys(LightClientStore next, SyncCommittee committee) {
    List<Hash32> known = roots(state.store());
    Optional<Hash32> unknown =
        roots(next).stream().filter(root -> !known.contains(root)).findFirst();
    if (unknown.isEmpty()) {
      return Verdict.accept(Optional.empty());
    }
    if (!committee.root().equals(unknown.get())) {
      throw new IllegalStateException("a committee from nowhere");
    }
    return validated(committee, state.settings().profile(), budget, SyncCode.NEXT_COMMITTEE_KEYS)
        .then(keys -> Verdict.accept(Optional.of(new NewKeys(unknown.get(), keys))));
  }

  /**
   * Decodes and validates the keys of a committee. A bridge takes only complete sets; by the
   * specification a seat without valid key merely cannot sign.
   */
  static Verdict<BlsKeySet> validated(
      SyncCommittee committee, Profile profile, Budget budget, SyncCode code) {
    if (!budget.charge(Math.multiplyExact(Budget.BLS_KEY, (long) committee.size()))) {
      return exceeded("before the keys of a committee");
    }
    BlsKeySet keys = committee.keys();
    return keys.isComplete() || !profile.supermajority()
        ? Verdict.accept(keys)
        : Verdict.reject(code, "a key that is no point");
  }

  static List<Hash32> roots(LightClientStore store) {
    List<Hash32> roots = new ArrayList<>();
    roots.add(store.currentCommittee());
    store.nextCommittee().ifPresent(roots::add);
    return roots;
  }
}
