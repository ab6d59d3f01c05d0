package dev.trestle.gateway.routes;

import dev.trestle.gateway.http.JsonHttp;
import dev.trestle.gateway.http.JsonHttp.Answer;
import dev.trestle.gateway.hub.Hub;
import dev.trestle.relay.ledger.Genesis;
import dev.trestle.relay.ledger.LedgerView;
import dev.trestle.relay.ledger.record.GovernanceRecord;
import dev.trestle.relay.ledger.record.ProposalRecord;
import dev.trestle.relay.ledger.record.ValidatorsRecord;
import dev.trestle.sdk.Api;
import io.vertx.ext.web.Router;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;

/** Who governs, what is proposed, and which validators are planned. */
public final class GovernanceRoutes {
  /** Newest proposals that are shown beside who governs; the list has all. */
  private static final int SHOWN = 50;

  private final Hub hub;

  public GovernanceRoutes(Hub hub) {
    this.hub = hub;
  }

  public void mount(Router router, JsonHttp http) {
    http.serve(router.get("/v1/governance"), request -> Answer.ok(governance()));
    http.serve(
        router.get("/v1/governance/proposals"),
        request ->
            Answer.ok(
                Pages.lazily(
                    request,
                    proposals(),
                    proposal ->
                        Pages.query(request, "state").map(proposal.state()::equals).orElse(true))));
  }

  private Api.Governance governance() {
    LedgerView view = hub.node().view();
    GovernanceRecord record = view.governance();
    Genesis.Parameters parameters = view.genesis().parameters();
    List<Api.Proposal> proposals = new ArrayList<>();
    long last = view.lastProposal();
    for (long number = last; number > Math.max(0, last - SHOWN); number--) {
      view.proposal(number)
          .map(found -> describe(found, parameters.governanceDelayMillis()))
          .ifPresent(proposals::add);
    }
    return new Api.Governance(
        record.epoch(),
        record.set().threshold(),
        record.set().keys().stream().map(Object::toString).toList(),
        parameters.governanceDelayMillis(),
        parameters.epochBlocks(),
        view.plannedValidators().map(ValidatorsRecord::members).stream()
            .flatMap(List::stream)
            .map(each -> each.key().toString())
            .toList(),
        proposals);
  }

  /** All proposals, the newest first; none is ever removed. */
  private List<Pages.Lazy<Api.Proposal>> proposals() {
    LedgerView view = hub.node().view();
    long delayMillis = view.genesis().parameters().governanceDelayMillis();
    return LongStream.iterate(view.lastProposal(), number -> number >= 1, number -> number - 1)
        .mapToObj(
            number ->
                new Pages.Lazy<>(
                    Long.toString(number),
                    () -> describe(view.proposal(number).orElseThrow(), delayMillis)))
        .toList();
  }

  private static Api.Proposal describe(ProposalRecord proposal, long delayMillis) {
    Optional<Long> from = proposal.approvedMillis().map(approved -> approved + delayMillis);
    return new Api.Proposal(
        proposal.number(),
        proposal.state().name().toLowerCase(java.util.Locale.ROOT),
        proposal.action().toHex(),
        proposal.actionHash().toHex(),
        proposal.proposer().toString(),
        proposal.proposedMillis(),
        proposal.votes().stream().map(Object::toString).toList(),
        from);
  }
}
