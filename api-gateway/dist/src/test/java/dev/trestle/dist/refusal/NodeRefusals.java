package dev.trestle.dist.refusal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.trestle.adapter.AdapterError;
import dev.trestle.adapter.AdapterException;
import dev.trestle.dist.TrestleMain;
import dev.trestle.dist.devnet.ChainNode;
import dev.trestle.dist.devnet.Child;
import dev.trestle.dist.devnet.Devnet;
import dev.trestle.dist.devnet.NodeRpc;
import dev.trestle.dist.devnet.ProcessRegistry;
import dev.trestle.htlc.SwapTerms;
import dev.trestle.relay.ledger.tx.TransactionBody.OpenTransfer;
import dev.trestle.sdk.Api;
import dev.trestle.sdk.Chains;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** A chain's node that is dead, and one that is another chain. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
abstract class NodeRefusals {
  private static final String UNAVAILABLE = "chain-unavailable";
  private static final int UNHEALTHY = 7;

  private final Scene scene = RefusalIT.scene();
  private final Deposits deposits = new Deposits(scene);

  /** What the other tests rest on: an accepted lie and a changed state do not go unnoticed. */
  @Test
  @Order(0)
  void theChecksFindWhatTheyShould() {
    assertThatThrownBy(() -> scene.unchanged(() -> deposits.open("changes the state")))
        .isInstanceOf(AssertionError.class);
    Rest.Answer good = scene.rest().get("/v1/status");
    assertThatThrownBy(() -> good.refused(200, "validation-failed"))
        .isInstanceOf(AssertionError.class);
    Rest.Answer bad = scene.rest().get("/v1/swaps/7");
    assertThatThrownBy(() -> bad.refused(422, "not-found")).isInstanceOf(AssertionError.class);
    OpenTransfer honest = deposits.asTransaction(Deposits.AMOUNT);
    assertThatThrownBy(() -> scene.refused("invalid-transfer", honest))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("was accepted");
  }

  @Test
  @Order(1)
  void aNodeOfAnotherNetworkIsRefusedAtTheStart() {
    Chains.Entry bitcoin = scene.network().bitcoinEntry();
    Chains.Entry evm = scene.network().evmEntry();
    refusedAtStart("litecoin", Devnet.LITECOIN.toString(), bitcoin);
    // test networks: those whose coins are worth something ask for three nodes first
    refusedAtStart("bitcoin", "bip122:00000000da84f2bafbbc53dee25a72ae", bitcoin);
    refusedAtStart("ethereum", "eip155:11155111", evm);
    assertThat(scene.chain(Devnet.BITCOIN).profile().chain()).isEqualTo(Devnet.BITCOIN);
  }

  private void refusedAtStart(String adapter, String chain, Chains.Entry honest) {
    AdapterException refusal =
        catchThrowableOfType(
            AdapterException.class,
            () ->
                scene
                    .network()
                    .chains()
                    .add(new Chains.Entry(adapter, chain, honest.endpoints(), honest.options())));
    assertThat(refusal).as(chain).isNotNull();
    assertThat(refusal.error()).as(refusal.getMessage()).isEqualTo(AdapterError.WRONG_CHAIN);
  }

  @Test
  @Order(2)
  void nothingNewBeginsOnAChainWhoseNodeIsDead() {
    Trade open = new Trade(scene, "quoted before the node died");
    scene.rest().post("/v1/offers", open.offer()).accepted(201);
    Api.Quote quote = open.quote();
    SwapTerms terms = open.terms(quote);
    Trade proposed = new Trade(scene, "proposed before the node died");
    scene.rest().post("/v1/offers", proposed.offer()).accepted(201);
    Api.Quote proposedOn = proposed.quote();
    SwapTerms proposal = proposed.terms(proposedOn);
    proposed.propose(proposedOn, proposal).accepted(201);
    long before = scene.hub().chain(Devnet.BITCOIN.toString()).client().height();
    ChainNode node = scene.network().bitcoind();
    scene.network().miner().pause();
    try {
      node.kill();
      scene.unchanged(
          () -> {
            open.propose(quote, terms).refused(409, UNAVAILABLE);
            proposed.accept(proposal).refused(409, UNAVAILABLE);
            refuseNew();
          });
      whileAnotherNetworkAnswers(() -> scene.unchanged(this::refuseNew));
    } finally {
      node.startAgain();
      scene.network().miner().resume();
    }
    recovered(before, open);
  }

  private void refuseNew() {
    Rest rest = scene.rest();
    Api.Chain chain = scene.hub().chain(Devnet.BITCOIN.toString());
    assertThat(chain.node().usable()).isFalse();
    assertThat(chain.node().detail()).isNotBlank();
    assertThat(scene.hub().chain(Devnet.EVM.toString()).node().usable()).isTrue();
    assertThat(scene.hub().routes())
        .isNotEmpty()
        .allSatisfy(route -> assertThat(route.available()).isFalse())
        .allSatisfy(route -> assertThat(route.reason()).isPresent());
    rest.post("/v1/quotes", new Trade(scene, "dead").quoteRequest()).refused(409, UNAVAILABLE);
    Api.Route route = scene.route();
    rest.post("/v1/quotes", new Api.QuoteRequest("transfer", route.from(), route.to(), "20000"))
        .refused(409, UNAVAILABLE);
    rest.post("/v1/transfers", deposits.request(), "Idempotency-Key", "dead")
        .refused(409, UNAVAILABLE);
    rest.post("/v1/offers", new Trade(scene, "dead").offer()).refused(409, UNAVAILABLE);
    StringWriter out = new StringWriter();
    int exit =
        TrestleMain.commandLine()
            .setOut(new PrintWriter(out, true))
            .execute("status", "--server", scene.network().gatewayUrl().toString());
    assertThat(exit).isEqualTo(UNHEALTHY);
    assertThat(out.toString()).contains(chain.node().detail());
  }

  /** A node of signet, on the port of the dead node. */
  private void whileAnotherNetworkAnswers(Runnable work) {
    URI endpoint = scene.network().bitcoind().endpoint();
    Path data = scene.dir().resolve("signet");
    NodeRpc rpc = new NodeRpc(endpoint);
    assertThat(data.toFile().mkdirs()).isTrue();
    Child signet =
        Child.start(
            new ProcessRegistry(scene.dir().resolve("signet.processes")),
            "signet",
            scene.dir().resolve("signet.log"),
            List.of(
                System.getenv("BITCOIND"),
                "-signet",
                "-datadir=" + data,
                "-server=1",
                "-listen=0",
                "-connect=0",
                "-dnsseed=0",
                "-disablewallet",
                "-rpcbind=127.0.0.1",
                "-rpcallowip=127.0.0.1",
                "-rpcport=" + endpoint.getPort(),
                "-rpcuser=trestle",
                "-rpcpassword=trestle",
                "-printtoconsole=0"),
            Map.of());
    try {
      signet.awaitReady(() -> rpc.answers("getblockchaininfo"), 30);
      assertThat(rpc.call("getblockchaininfo").path("chain").asString()).isEqualTo("signet");
      scene.until(
          "the gateway to see who answers",
          () -> scene.hub().chain(Devnet.BITCOIN.toString()).node().detail(),
          detail -> detail.endsWith("is not Bitcoin regtest"));
      work.run();
    } finally {
      signet.kill();
    }
  }

  /** The node is back with all its blocks: what was refused is accepted. */
  private void recovered(long before, Trade open) {
    String bitcoin = Devnet.BITCOIN.toString();
    scene.until(
        "the gateway to use the node again",
        () -> scene.hub().chain(bitcoin).node().usable(),
        usable -> usable);
    scene.awaitVerified(Devnet.BITCOIN, before + 2);
    HubState.requireHonestHeads(scene.network());
    Api.Route route = scene.route();
    assertThat(route.available()).isTrue();
    scene
        .rest()
        .post("/v1/quotes", new Api.QuoteRequest("transfer", route.from(), route.to(), "20000"))
        .accepted(201);
    scene.rest().post("/v1/quotes", open.quoteRequest()).accepted(201);
    scene
        .rest()
        .post("/v1/transfers", deposits.request(), "Idempotency-Key", "alive")
        .accepted(201);
  }
}
