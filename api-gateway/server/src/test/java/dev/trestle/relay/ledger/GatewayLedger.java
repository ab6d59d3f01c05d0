package dev.trestle.relay.ledger;

import dev.trestle.base.Amount;
import dev.trestle.base.AssetId;
import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.ChainId;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import dev.trestle.relay.ledger.record.ProposalRecord;
import dev.trestle.relay.ledger.record.ReleaseRecord;
import dev.trestle.relay.ledger.record.StateKeys;
import dev.trestle.relay.ledger.state.Overlay;
import dev.trestle.relay.ledger.tx.Transaction;
import java.util.List;
import java.util.Optional;

/** A real ledger with two active chains and a route, for the tests of gateways. */
public final class GatewayLedger {
  public static final Bytes CONTRACT = Hub.CONTRACT;

  private final Hub hub;

  public GatewayLedger() {
    this(TransferLimits.DEFAULT);
  }

  public GatewayLedger(TransferLimits limits) {
    hub = new Hub(limits);
    hub.setUp();
  }

  /** Until the transfers that are open have come to their end. */
  public void expireTransfers() {
    hub.pass(hub.genesis.parameters().transfers().lifetimeMillis());
    hub.block();
  }

  /** What stands there besides, so that long lists need not come about block by block. */
  private Optional<Overlay> more = Optional.empty();

  public LedgerView view() {
    return more.map(state -> new LedgerView(state, hub.genesis, Families.load()))
        .orElseGet(hub::view);
  }

  public Hash32 hubId() {
    return hub.hubId();
  }

  public long height() {
    return hub.ledger.head().height();
  }

  public ChainId home() {
    return hub.home.id();
  }

  public ChainId far() {
    return hub.far.id();
  }

  public AssetId asset() {
    return hub.asset;
  }

  public Hash32 routeId() {
    return hub.routeId();
  }

  /** Executes a block with one transaction. */
  public BlockResult block(Transaction transaction) {
    return hub.block(transaction);
  }

  private Overlay more() {
    Overlay state = more.orElseGet(() -> new Overlay(hub.view().state()));
    more = Optional.of(state);
    return state;
  }

  /** So many releases in one state; shown from now on. */
  public void addReleases(ReleaseRecord.State state, int count) {
    for (int i = 0; i < count; i++) {
      Hash32 cause = Digests.sha256(Bytes.utf8(state + " " + i));
      ReleaseRecord release =
          new ReleaseRecord(
              ReleaseRecord.Kind.WITHDRAWAL,
              routeId(),
              home(),
              CONTRACT,
              Amount.of(50_000),
              cause,
              i,
              i,
              state,
              Optional.empty(),
              List.of(),
              Optional.empty());
      more().put(StateKeys.release(release.id()), release.encode());
      more().put(StateKeys.releaseState(state, release.id()), Bytes.of(new byte[] {1}));
    }
  }

  /** So many proposals, numbered from 1; shown from now on. */
  public void addProposals(int count) {
    for (int number = 1; number <= count; number++) {
      ProposalRecord proposal =
          new ProposalRecord(
              number,
              Bytes.utf8("action " + number),
              hub.governance.getFirst().publicKey(),
              number,
              List.of(hub.governance.getFirst().publicKey()),
              Optional.empty(),
              ProposalRecord.State.OPEN);
      more().put(StateKeys.proposal(number), proposal.encode());
    }
    more().put(StateKeys.lastProposal(), new CanonicalWriter().u64(count).toBytes());
  }
}
