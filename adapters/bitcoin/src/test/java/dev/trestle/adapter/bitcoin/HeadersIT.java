package dev.trestle.adapter.bitcoin;

import static dev.trestle.adapter.bitcoin.RegtestChain.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trestle.adapter.AdapterError;
import dev.trestle.adapter.AdapterException;
import dev.trestle.adapter.ChainAdapter;
import dev.trestle.adapter.HeaderSource.HeaderEvent;
import dev.trestle.adapter.HeaderSource.RawHeader;
import dev.trestle.adapter.TransactionPort.SignedTransaction;
import dev.trestle.adapter.bitcoin.testing.RegtestNode;
import dev.trestle.base.Amount;
import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.SecretKey;
import dev.trestle.lightclient.Budget;
import dev.trestle.lightclient.Claim;
import dev.trestle.lightclient.ClientDelta;
import dev.trestle.lightclient.ClientView;
import dev.trestle.lightclient.HeaderRef;
import dev.trestle.lightclient.LightClient;
import dev.trestle.lightclient.ProvenFact;
import dev.trestle.lightclient.VerifiedUpdate;
import dev.trestle.lightclient.bitcoin.AnchorBuilder;
import dev.trestle.lightclient.bitcoin.BitcoinFamily;
import dev.trestle.lightclient.bitcoin.BitcoinNetworks;
import dev.trestle.lightclient.bitcoin.ClientSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Headers, reorganisations, evidence and disagreeing nodes on a real bitcoind. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HeadersIT {
  private static final long BUDGET = 10_000_000;

  private RegtestChain chain;

  @BeforeAll
  void start() {
    chain = new RegtestChain(UtxoNetwork.BITCOIN_REGTEST, RegtestNode.Kind.BITCOIN, 130);
  }

  @AfterAll
  void stop() {
    chain.close();
  }

  @Test
  void rangesAreLinked() {
    List<RawHeader> headers = await(chain.adapter.headers().range(0, 100));
    assertThat(headers).hasSize(101);
    for (int i = 1; i < headers.size(); i++) {
      assertThat(headers.get(i).parent()).isEqualTo(headers.get(i - 1).ref().id());
      assertThat(headers.get(i).ref().height()).isEqualTo(i);
    }
    assertThat(headers.getFirst().ref().id()).isEqualTo(chain.network.genesis());
    RawHeader latest = await(chain.adapter.headers().latest());
    assertThat(await(chain.adapter.headers().finalized()).ref().height())
        .isEqualTo(latest.ref().height() - 1);
    assertThatThrownBy(() -> await(chain.adapter.headers().at(1_000_000)))
        .isInstanceOfSatisfying(
            AdapterException.class, e -> assertThat(e.error()).isEqualTo(AdapterError.NOT_FOUND));
    assertThatThrownBy(() -> await(chain.adapter.headers().range(0, 2_000)))
        .isInstanceOf(AdapterException.class);
  }

  @Test
  void followsThroughAReorganisation() throws Exception {
    HeaderRef from = await(chain.adapter.headers().latest()).ref();
    BlockingQueue<HeaderEvent> events = new LinkedBlockingQueue<>();
    try (AutoCloseable follow = chain.adapter.headers().follow(from, events::add)) {
      assertThat(follow).isNotNull();
      String first = chain.mine(1);
      chain.mine(1);
      collect(events, from.height() + 2);
      chain.node.call("invalidateblock", first);
      chain.mineBranch(3);
      List<HeaderEvent> after = collect(events, from.height() + 3);
      assertThat(after)
          .filteredOn(HeaderEvent.Reorganized.class::isInstance)
          .containsExactly(new HeaderEvent.Reorganized(from, 2));
      Hash32 parent = from.id();
      List<RawHeader> added = addedAfterReorganisation(after);
      for (RawHeader header : added) {
        assertThat(header.parent()).isEqualTo(parent);
        parent = header.ref().id();
      }
      assertThat(added).hasSize(3);
    }
  }

  @Test
  void followsFromABlockThatWasReplaced() throws Exception {
    chain.mine(2);
    HeaderRef lost = await(chain.adapter.headers().latest()).ref();
    HeaderRef common = await(chain.adapter.headers().at(lost.height() - 2)).ref();
    chain.node.call(
        "invalidateblock",
        await(chain.adapter.headers().at(lost.height() - 1)).ref().id().toReversedHex());
    chain.mineBranch(3);
    BlockingQueue<HeaderEvent> events = new LinkedBlockingQueue<>();
    try (AutoCloseable follow = chain.adapter.headers().follow(lost, events::add)) {
      assertThat(follow).isNotNull();
      List<HeaderEvent> seen = collect(events, lost.height() + 1);
      assertThat(seen.getFirst()).isEqualTo(new HeaderEvent.Reorganized(common, 2));
      assertThat(addedAfterReorganisation(seen)).hasSize(3);
    }
  }

  @Test
  void startsAgainFromABlockThatNobodyKnows() throws Exception {
    HeaderRef latest = await(chain.adapter.headers().latest()).ref();
    HeaderRef unknown =
        new HeaderRef(
            latest.height(), RegtestChain.preimage("no block"), latest.timestampSeconds());
    BlockingQueue<HeaderEvent> events = new LinkedBlockingQueue<>();
    try (AutoCloseable follow = chain.adapter.headers().follow(unknown, events::add)) {
      assertThat(follow).isNotNull();
      List<HeaderEvent> seen = collect(events, latest.height());
      assertThat(seen.getFirst())
          .isInstanceOfSatisfying(
              HeaderEvent.Gap.class,
              gap -> assertThat(gap.resumedAt().height()).isLessThan(latest.height()));
      assertThat(addedAfterReorganisation(seen).getLast().ref()).isEqualTo(latest);
    }
  }

  /** Collects events until a block of this height was added. */
  private static List<HeaderEvent> collect(BlockingQueue<HeaderEvent> events, long height)
      throws InterruptedException {
    List<HeaderEvent> seen = new ArrayList<>();
    while (true) {
      HeaderEvent event = events.poll(20, TimeUnit.SECONDS);
      assertThat(event).as("an event, after " + seen).isNotNull();
      seen.add(event);
      if (event instanceof HeaderEvent.Added(RawHeader header) && header.ref().height() == height) {
        return seen;
      }
    }
  }

  private static List<RawHeader> addedAfterReorganisation(List<HeaderEvent> events) {
    List<RawHeader> added = new ArrayList<>();
    for (HeaderEvent event : events) {
      switch (event) {
        case HeaderEvent.Reorganized reorganized -> added.clear();
        case HeaderEvent.Added(RawHeader header) -> added.add(header);
        case HeaderEvent.Finalized finalized -> {}
        case HeaderEvent.Gap gap -> {}
      }
    }
    return added;
  }

  @Test
  void evidenceConvincesTheLightClient() {
    SecretKey payer = RegtestChain.key("proving payer");
    chain.fund(payer, 1_000_000);
    SignedTransaction payment =
        await(
            chain
                .transactions()
                .preparePayment(
                    payer, chain.transactions().address(chain.bob), Amount.of(400_000)));
    await(chain.transactions().broadcast(payment.raw()));
    assertThatThrownBy(() -> await(chain.adapter.evidence().transaction(payment.id())))
        .isInstanceOfSatisfying(
            AdapterException.class, e -> assertThat(e.error()).isEqualTo(AdapterError.NOT_FOUND));
    chain.mine(3);
    Claim claim = await(chain.adapter.evidence().transaction(payment.id()));

    LightClient client = new BitcoinFamily().client();
    ClientView view = synced(client);
    Verdict<ProvenFact> proven = client.membership(view, claim, new Budget(BUDGET));
    assertThat(proven)
        .isInstanceOfSatisfying(
            Verdict.Accepted.class,
            accepted -> {
              ProvenFact fact = (ProvenFact) accepted.value();
              assertThat(fact.path()).isEqualTo(payment.id().bytes());
              assertThat(fact.confirmations()).isEqualTo(3);
            });
    // the client must notice when another transaction is passed off
    Claim forged = new Claim(chain.network.genesis().bytes(), claim.value(), claim.proof());
    assertThat(client.membership(view, forged, new Budget(BUDGET)).isAccepted()).isFalse();
  }

  private ClientView synced(LightClient client) {
    ClientSettings settings = ClientSettings.of(BitcoinNetworks.BITCOIN_REGTEST);
    Bytes anchor = new AnchorBuilder(BitcoinNetworks.BITCOIN_REGTEST, settings).genesis().encode();
    ClientDelta first = client.initialize(anchor, new Budget(BUDGET)).orThrow();
    ClientView view = first.over(key -> Optional.empty());
    long head = chain.node.height();
    Bytes update =
        client.encodeUpdate(
            await(chain.adapter.headers().range(1, head)).stream().map(RawHeader::raw).toList());
    VerifiedUpdate verified =
        client
            .verify(view, update, new Budget(BUDGET), System.currentTimeMillis() / 1_000)
            .orThrow();
    assertThat(verified.head().height()).isEqualTo(head);
    return client.apply(view, verified).over(view);
  }

  @Test
  void disagreementHalts() {
    try (RegtestNode other = RegtestNode.start(RegtestNode.Kind.BITCOIN)) {
      other.mine((int) chain.node.height(), "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080");
      try (ChainAdapter two =
          chain.adapter(List.of(chain.node.endpoint(), other.endpoint()), Map.of())) {
        assertThatThrownBy(() -> await(two.start()))
            .isInstanceOfSatisfying(
                AdapterException.class,
                e -> assertThat(e.error()).isEqualTo(AdapterError.ENDPOINTS_DISAGREE));
        assertThat(await(two.health()).usable()).isFalse();
      }
      // two of three are enough, and the third cannot change what they say
      try (ChainAdapter three =
          chain.adapter(
              List.of(other.endpoint(), chain.node.endpoint(), chain.node.endpoint("localhost")),
              Map.of())) {
        await(three.start());
        assertThat(await(three.headers().latest()).ref())
            .isEqualTo(await(chain.adapter.headers().latest()).ref());
        assertThat(await(three.health()).endpointsAgreeing()).isEqualTo(2);
      }
    }
  }

  @Test
  void tooFewAnswersAreNoAnswer() throws IOException {
    try (ServerSocket mute = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        ChainAdapter two =
            chain.adapter(
                List.of(
                    chain.node.endpoint(),
                    URI.create("http://hub:hub@127.0.0.1:" + mute.getLocalPort())),
                Map.of("rpc.timeout-millis", "500"))) {
      assertThatThrownBy(() -> await(two.headers().latest()))
          .isInstanceOfSatisfying(
              AdapterException.class,
              e -> assertThat(e.error()).isEqualTo(AdapterError.UNREACHABLE));
    }
  }
}
