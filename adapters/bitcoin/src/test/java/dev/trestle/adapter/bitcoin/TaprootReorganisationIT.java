package dev.trestle.adapter.bitcoin;

import static dev.trestle.adapter.bitcoin.RegtestChain.await;
import static dev.trestle.adapter.bitcoin.RegtestChain.preimage;
import static dev.trestle.adapter.bitcoin.TaprootParties.AMOUNT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.adapter.CooperativeHtlcPort.CooperativeSpend;
import dev.trestle.adapter.HtlcPort.HtlcObservation;
import dev.trestle.adapter.HtlcPort.HtlcTerms;
import dev.trestle.adapter.HtlcPort.LockFunding;
import dev.trestle.adapter.HtlcPort.LockSpend;
import dev.trestle.adapter.TransactionPort.SignedTransaction;
import dev.trestle.adapter.bitcoin.testing.RegtestNode;
import dev.trestle.base.Hash32;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Blocks that are lost under Taproot locks and their spends, and coins that come too late. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TaprootReorganisationIT {
  private RegtestChain chain;
  private TaprootParties parties;

  @BeforeAll
  void open() {
    chain = new RegtestChain(UtxoNetwork.BITCOIN_REGTEST, RegtestNode.Kind.BITCOIN, 130);
    parties = new TaprootParties(chain);
  }

  @AfterAll
  void close() {
    chain.close();
  }

  @Test
  void whatALostBlockHeldWaitsAgain() {
    HtlcTerms terms = parties.terms(preimage("reorganised"));
    parties.send(terms);
    String locked = chain.mine(1);
    assertThat(await(parties.port().observe(terms)).funding().getFirst().confirmations())
        .isEqualTo(1);
    chain.node.call("invalidateblock", locked);
    LockFunding waiting = await(parties.port().observe(terms)).funding().getFirst();
    assertThat(waiting.confirmations()).isZero();
    assertThat(parties.port().output(terms, waiting).isAccepted()).isFalse();
    chain.mineBranch(2);
    LockFunding funding = await(parties.port().observe(terms)).funding().getFirst();
    assertThat(funding.confirmations()).isEqualTo(2);

    CooperativeSpend spend =
        new CooperativeSpend(
            List.of(parties.port().output(terms, funding).orThrow()),
            parties.payTo(chain.bob),
            List.of(2_000L));
    SignedTransaction claim =
        parties
            .port()
            .assemble(spend, List.of(parties.sign(spend, 0, terms, chain.bob, chain.alice)))
            .orThrow()
            .getFirst();
    await(chain.transactions().broadcast(claim.raw()));
    String claimed = chain.mine(1);
    assertThat(await(parties.port().observe(terms)).spend())
        .contains(new LockSpend.Cooperative(claim.id(), 1, false));
    chain.node.call("invalidateblock", claimed);
    assertThat(await(parties.port().observe(terms)).spend())
        .contains(new LockSpend.Cooperative(claim.id(), 0, false));
    chain.mineBranch(2);
    assertThat(await(parties.port().observe(terms)).spend())
        .contains(new LockSpend.Cooperative(claim.id(), 2, true));
    assertThat(parties.isUnspent(funding)).isFalse();
  }

  /** A preimage that was in a lost block is public for good: it is in the mempool again. */
  @Test
  void aClaimOfALostBlockStillShowsThePreimage() {
    Hash32 secret = preimage("lost claim");
    HtlcTerms terms = parties.terms(secret);
    LockFunding funding = parties.lock(terms);
    SignedTransaction claim = await(parties.port().prepareClaim(terms, funding, secret, chain.bob));
    await(chain.transactions().broadcast(claim.raw()));
    chain.node.call("invalidateblock", chain.mine(1));
    assertThat(await(parties.port().observe(terms)).spend())
        .contains(new LockSpend.Claimed(claim.id(), secret, 0, false));
  }

  /** Coins sent after the expiry, and sent twice, all go back. */
  @Test
  void lateAndDoubleFundingIsRefunded() {
    long expiry = chain.nowSeconds() + 3_600;
    HtlcTerms terms = chain.terms(preimage("late"), AMOUNT, expiry);
    parties.lock(terms);
    chain.node.call("setmocktime", expiry + 60);
    try {
      chain.mine(11);
      parties.lockBeside(terms);
      HtlcObservation seen = await(parties.port().observe(terms));
      assertThat(seen.funding()).hasSize(2);
      for (LockFunding each : seen.funding()) {
        SignedTransaction refund = await(parties.port().prepareRefund(terms, each, chain.alice));
        await(chain.transactions().broadcast(refund.raw()));
      }
      chain.mine(1);
      for (LockFunding each : seen.funding()) {
        assertThat(parties.isUnspent(each)).isFalse();
      }
      assertThat(await(parties.port().observe(terms)).spend())
          .containsInstanceOf(LockSpend.Refunded.class);
    } finally {
      chain.node.call("setmocktime", 0);
    }
  }
}
