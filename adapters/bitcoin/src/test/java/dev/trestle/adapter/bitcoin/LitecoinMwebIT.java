package dev.trestle.adapter.bitcoin;

import static dev.trestle.adapter.bitcoin.RegtestChain.await;
import static dev.trestle.adapter.bitcoin.RegtestChain.preimage;
import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.adapter.HeaderSource.RawHeader;
import dev.trestle.adapter.HtlcPort.HtlcTerms;
import dev.trestle.adapter.HtlcPort.LockFunding;
import dev.trestle.adapter.HtlcPort.LockSpend;
import dev.trestle.adapter.TransactionPort.SignedTransaction;
import dev.trestle.adapter.bitcoin.testing.RegtestNode;
import dev.trestle.base.Amount;
import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.lightclient.Budget;
import dev.trestle.lightclient.Claim;
import dev.trestle.lightclient.ClientView;
import dev.trestle.lightclient.LightClient;
import dev.trestle.lightclient.VerifiedUpdate;
import dev.trestle.lightclient.bitcoin.AnchorBuilder;
import dev.trestle.lightclient.bitcoin.BitcoinFamily;
import dev.trestle.lightclient.bitcoin.BitcoinNetworks;
import dev.trestle.lightclient.bitcoin.ClientSettings;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Litecoin as it is on its main network: every block ends with a HogEx. */
class LitecoinMwebIT {
  private static final int LAST_BLOCK_BEFORE = 431;
  private static final long BUDGET = 100_000_000;

  @Test
  void swapsInBlocksWithConfidentialParts() {
    try (RegtestChain chain =
        new RegtestChain(UtxoNetwork.LITECOIN_REGTEST, RegtestNode.Kind.LITECOIN_MWEB, 0)) {
      activate(chain);
      String alice = chain.transactions().address(chain.alice);
      pegOut(chain, alice);
      // the HogEx itself pays it, and it can be spent after six blocks
      Bytes script = Addresses.scriptOf(chain.alice.publicKey());
      assertThat(await(chain.adapter.custody().orElseThrow().outputsOf(Set.of(script))).get(script))
          .singleElement()
          .satisfies(output -> assertThat(output.amount()).isEqualTo(Amount.of(100_000_000)));
      mine(chain, 4);
      assertThat(await(chain.transactions().balance(alice))).isEqualTo(Amount.ZERO);
      mine(chain, 1);
      assertThat(await(chain.transactions().balance(alice))).isEqualTo(Amount.of(100_000_000));
      Hash32 secret = preimage("mweb");
      HtlcTerms terms = chain.terms(secret, 5_000_000, chain.nowSeconds() + 3_600);
      SignedTransaction lock = await(chain.htlc().prepareLock(terms, chain.alice));
      await(chain.transactions().broadcast(lock.raw()));
      mine(chain, 2);
      assertThat(chain.node.call("getblock", tip(chain), 2).path("tx").size())
          .as("coinbase and HogEx")
          .isGreaterThan(1);
      LockFunding funding = await(chain.htlc().observe(terms)).funding().getFirst();
      assertThat(funding.isFinal()).isTrue();
      SignedTransaction claim = await(chain.htlc().prepareClaim(terms, funding, secret, chain.bob));
      await(chain.transactions().broadcast(claim.raw()));
      mine(chain, 2);
      assertThat(await(chain.htlc().observe(terms)).spend())
          .contains(new LockSpend.Claimed(claim.id(), secret, 2, true));
      assertThat(await(chain.transactions().balance(chain.transactions().address(chain.bob))))
          .isEqualTo(Amount.of(5_000_000).minus(claim.fee()));
      proves(chain, await(chain.adapter.evidence().transaction(claim.id())));
    }
  }

  private static String tip(RegtestChain chain) {
    return chain.node.call("getbestblockhash").stringValue();
  }

  private static void activate(RegtestChain chain) {
    chain.node.call("createwallet", "w");
    chain.node.call("createwallet", "confidential");
    mine(chain, LAST_BLOCK_BEFORE);
    String inside = chain.node.wallet("confidential", "getnewaddress", "", "mweb").stringValue();
    chain.node.wallet("w", "sendtoaddress", inside, 10);
    mine(chain, 5);
  }

  private static void pegOut(RegtestChain chain, String address) {
    chain.node.wallet("confidential", "sendtoaddress", address, 1);
    mine(chain, 1);
  }

  private static void mine(RegtestChain chain, int blocks) {
    chain.node.mine(blocks, chain.node.wallet("w", "getnewaddress").stringValue());
  }

  private static void proves(RegtestChain chain, Claim claim) {
    LightClient client = new BitcoinFamily().client();
    ClientSettings settings = ClientSettings.of(BitcoinNetworks.LITECOIN_REGTEST);
    Bytes anchor = new AnchorBuilder(BitcoinNetworks.LITECOIN_REGTEST, settings).genesis().encode();
    ClientView view =
        client.initialize(anchor, new Budget(BUDGET)).orThrow().over(key -> Optional.empty());
    List<Bytes> headers =
        await(chain.adapter.headers().range(1, chain.node.height())).stream()
            .map(RawHeader::raw)
            .toList();
    VerifiedUpdate update =
        client
            .verify(
                view,
                client.encodeUpdate(headers),
                new Budget(BUDGET),
                System.currentTimeMillis() / 1_000)
            .orThrow();
    ClientView synced = client.apply(view, update).over(view);
    assertThat(client.membership(synced, claim, new Budget(BUDGET)).orThrow().confirmations())
        .isEqualTo(2);
  }
}
