package dev.trestle.adapter.bitcoin;

import static dev.trestle.adapter.bitcoin.RegtestChain.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trestle.adapter.AdapterError;
import dev.trestle.adapter.AdapterException;
import dev.trestle.adapter.CooperativeHtlcPort;
import dev.trestle.adapter.CooperativeHtlcPort.Asking;
import dev.trestle.adapter.CooperativeHtlcPort.CooperativeSpend;
import dev.trestle.adapter.HtlcPort.HtlcObservation;
import dev.trestle.adapter.HtlcPort.HtlcTerms;
import dev.trestle.adapter.HtlcPort.LockFunding;
import dev.trestle.adapter.TransactionPort.SignedTransaction;
import dev.trestle.adapter.bitcoin.testing.RegtestNode;
import dev.trestle.base.Amount;
import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.SchnorrSignature;
import dev.trestle.crypto.SecretKey;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import tools.jackson.databind.JsonNode;

/** What tests of Taproot locks on a node do over and over. */
final class TaprootParties {
  static final long COIN = 100_000_000L;
  static final long AMOUNT = 5_000_000L;

  private final RegtestChain chain;

  TaprootParties(RegtestChain chain) {
    this.chain = chain;
  }

  CooperativeHtlcPort port() {
    return chain.adapter.cooperativeHtlc().orElseThrow();
  }

  HtlcTerms terms(Hash32 secret) {
    return chain.terms(secret, AMOUNT, chain.nowSeconds() + 3_600);
  }

  static void fails(AdapterError error, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            AdapterException.class, e -> assertThat(e.error()).as(e.getMessage()).isEqualTo(error));
  }

  void refusedByNode(Bytes raw, String why) {
    assertThatThrownBy(() -> chain.node.call("sendrawtransaction", raw.toHex()))
        .isInstanceOfSatisfying(
            RegtestNode.RpcError.class,
            e -> {
              assertThat(e.code()).as(e.getMessage()).isEqualTo(RpcReply.VERIFY_REJECTED);
              assertThat(e.getMessage()).contains(why);
            });
  }

  /** Sends the lock; it waits in the mempool. */
  LockFunding send(HtlcTerms terms) {
    chain.fund(chain.alice, COIN);
    SignedTransaction lock = await(port().prepareLock(terms, chain.alice));
    await(chain.transactions().broadcast(lock.raw()));
    HtlcObservation waiting = await(port().observe(terms));
    assertThat(waiting.funding())
        .containsExactly(new LockFunding(lock.id(), 0, terms.amount(), 0, false));
    return waiting.funding().getFirst();
  }

  LockFunding lock(HtlcTerms terms) {
    send(terms);
    chain.mine(1);
    HtlcObservation mined = await(port().observe(terms));
    assertThat(mined.spend()).isEmpty();
    assertThat(mined.funding()).hasSize(1);
    assertThat(mined.funding().getFirst().confirmations()).isEqualTo(1);
    return mined.funding().getFirst();
  }

  String payTo(SecretKey key) {
    return chain.transactions().address(key);
  }

  List<SchnorrSignature> sign(
      CooperativeSpend spend, int input, HtlcTerms terms, SecretKey asks, SecretKey answers) {
    try (Asking asking = port().ask(spend, input, terms, asks).orThrow()) {
      return asking
          .finish(port().answer(spend, input, terms, answers, asking.nonces()).orThrow())
          .orThrow();
    }
  }

  /** The virtual size that the node itself counts. */
  long size(SignedTransaction transaction) {
    JsonNode decoded = chain.node.call("decoderawtransaction", transaction.raw().toHex());
    return decoded.get("vsize").longValue();
  }

  /** Whether an output is in the node's set of unspent ones. */
  boolean isUnspent(LockFunding funding) {
    return chain
        .node
        .call("gettxout", funding.transactionId().toReversedHex(), funding.outputIndex())
        .isObject();
  }

  /** Where the node says that the coins of a transaction's first output are. */
  void arrived(SignedTransaction transaction, String address, long spent) {
    JsonNode output =
        chain.node.call("gettxout", transaction.id().toReversedHex(), 0).path("scriptPubKey");
    String at =
        output.has("address")
            ? output.get("address").stringValue()
            : output.get("addresses").get(0).stringValue();
    assertThat(at).isEqualTo(address);
    assertThat(await(chain.transactions().balance(address)))
        .isGreaterThanOrEqualTo(Amount.of(spent).minus(transaction.fee()));
  }

  LockFunding lockBeside(HtlcTerms terms) {
    chain.fund(chain.alice, COIN);
    SignedTransaction lock = await(port().prepareLock(terms, chain.alice));
    await(chain.transactions().broadcast(lock.raw()));
    chain.mine(1);
    return await(port().observe(terms)).funding().getFirst();
  }
}
