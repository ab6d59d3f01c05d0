package dev.trestle.dist.role;

import dev.trestle.base.Bytes;
import dev.trestle.base.ChainId;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.EcdsaSignature;
import dev.trestle.crypto.SchnorrSignature;
import dev.trestle.gateway.hub.HubNode;
import dev.trestle.gateway.hub.PatientSender;
import dev.trestle.lightclient.CustodyRules;
import dev.trestle.notary.CommitteeLedger;
import dev.trestle.relay.ledger.LedgerPages;
import dev.trestle.relay.ledger.LedgerView;
import dev.trestle.relay.ledger.record.ChainRecord;
import dev.trestle.relay.ledger.record.PacketRecord;
import dev.trestle.relay.ledger.record.PauseSubject;
import dev.trestle.relay.ledger.record.ReleaseRecord;
import dev.trestle.relay.ledger.record.RouteRecord;
import dev.trestle.relay.ledger.record.RouteSupply;
import dev.trestle.relay.ledger.record.SupplyRecord;
import dev.trestle.relay.ledger.record.TransferRecord;
import dev.trestle.relay.ledger.tx.TransactionBody.AttestHeader;
import dev.trestle.relay.ledger.tx.TransactionBody.SignRelease;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A member's relay chain: the committed state of its own follower, and its own sender key. */
final class LedgerCommittee implements CommitteeLedger {
  /** Every so many blocks a header is attested although it carries no message. */
  private static final long STRIDE = 20;

  private final HubNode node;
  private final PatientSender<String> sender;
  private final int member;
  private final Map<ChainId, Long> firstHeights;

  LedgerCommittee(
      HubNode node, PatientSender<String> sender, int member, Map<ChainId, Long> firstHeights) {
    this.node = node;
    this.sender = sender;
    this.member = member;
    this.firstHeights = Map.copyOf(firstHeights);
  }

  @Override
  public Hash32 hubId() {
    return node.hubId();
  }

  @Override
  public CustodyRules.Committee committee() {
    return node.view().genesis().committee().custody();
  }

  @Override
  public List<AttestedChain> attestedChains() {
    LedgerView view = node.view();
    return view.chains().stream()
        .filter(record -> record.bridgeContract().isPresent())
        .filter(
            record ->
                view.family(record.chain())
                    .filter(family -> family.attestations().isPresent())
                    .isPresent())
        .map(
            record ->
                new AttestedChain(
                    record.chain(),
                    record.clientType(),
                    record.bridgeContract().orElseThrow(),
                    view.clientView(record.chain()),
                    firstHeights.getOrDefault(record.chain(), 0L),
                    record.status() == ChainRecord.Status.PROBATION ? 1 : STRIDE))
        .toList();
  }

  @Override
  public Optional<Hash32> ownAttestation(ChainId chain, long height, int asMember) {
    return node.view().attested(chain, height, asMember).map(attested -> attested.blockHash());
  }

  @Override
  public List<PlannedRelease> plannedReleases() {
    LedgerView view = node.view();
    return LedgerPages.<ReleaseRecord>all(
            (after, limit) ->
                view.releases(ReleaseRecord.State.PLANNED, after.map(ReleaseRecord::id), limit))
        .stream()
        .filter(release -> isSignedByUs(release) || sender.isDue(name(release.id())))
        .map(release -> describe(view, release))
        .flatMap(Optional::stream)
        .toList();
  }

  private Optional<PlannedRelease> describe(LedgerView view, ReleaseRecord release) {
    RouteRecord route = view.route(release.routeId()).orElseThrow();
    Optional<String> home = view.chain(route.home()).map(ChainRecord::clientType);
    Optional<String> destination = view.chain(route.destination()).map(ChainRecord::clientType);
    Optional<Reason> reason = reason(view, release);
    if (home.isEmpty() || destination.isEmpty() || reason.isEmpty() || release.plan().isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new PlannedRelease(
            release.id(),
            release.routeId(),
            route.asset(),
            home.get(),
            destination.get(),
            route.lane(),
            reason.get(),
            release.script(),
            release.amount(),
            release.cause(),
            route.feeRate(),
            release.plan().get(),
            isSignedByUs(release)));
  }

  private boolean isSignedByUs(ReleaseRecord release) {
    return release.signatures().stream().anyMatch(signed -> signed.member() == member);
  }

  private static String name(Hash32 releaseId) {
    return "release " + releaseId;
  }

  private static Optional<Reason> reason(LedgerView view, ReleaseRecord release) {
    return switch (release.kind()) {
      case WITHDRAWAL -> Optional.of(new Reason.Withdrawal());
      case SWEEP -> Optional.of(new Reason.Sweep());
      case MERGE -> Optional.of(new Reason.Merge());
      case REFUND ->
          view.transfer(release.cause())
              .flatMap(TransferRecord::deposit)
              .flatMap(TransferRecord.Deposit::packetId)
              .flatMap(view::packet)
              .map(PacketRecord::packet)
              .map(Reason.Refund::new);
    };
  }

  @Override
  public List<RouteFee> routeFees() {
    return node.view().routes().stream()
        .map(route -> new RouteFee(route.id(), route.asset(), route.feeRate()))
        .toList();
  }

  @Override
  public Supply supply(Hash32 routeId) {
    LedgerView view = node.view();
    RouteRecord route = view.route(routeId).orElseThrow();
    SupplyRecord asset = view.supply(route.asset());
    RouteSupply own = view.routeSupply(routeId);
    return new Supply(
        asset.locked(),
        asset.inFlight(),
        asset.minted(),
        asset.pendingRelease(),
        asset.refundable(),
        asset.coins(),
        own.inFlight(),
        own.minted());
  }

  @Override
  public boolean isPaused(Hash32 routeId) {
    RouteRecord route = node.view().route(routeId).orElseThrow();
    return isPaused(route.home())
        || isPaused(route.destination())
        || node.view().isPaused(new PauseSubject.Route(routeId));
  }

  @Override
  public boolean isPaused(ChainId chain) {
    return node.view().isPaused(new PauseSubject.Everything())
        || node.view().isPaused(new PauseSubject.Chain(chain));
  }

  @Override
  public void submitAttestation(
      ChainId chain, Bytes header, int asMember, EcdsaSignature signature) {
    String name = chain + " header " + Digests.sha256(header);
    if (sender.isDue(name)) {
      sender.send(name, new AttestHeader(chain, header, asMember, signature));
    }
  }

  @Override
  public void submitSignatures(Hash32 releaseId, int asMember, List<SchnorrSignature> signatures) {
    sender.send(name(releaseId), new SignRelease(releaseId, asMember, signatures));
  }
}
