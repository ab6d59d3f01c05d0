package dev.trestle.dist.demo;

import dev.trestle.adapter.Async;
import dev.trestle.adapter.ChainAdapter;
import dev.trestle.adapter.HeaderSource.RawHeader;
import dev.trestle.base.Amount;
import dev.trestle.base.Bytes;
import dev.trestle.dist.devnet.Devnet;
import dev.trestle.dist.devnet.DevnetException;
import dev.trestle.lightclient.bitcoin.BitcoinFamily;
import dev.trestle.relay.ledger.tx.TransactionBody;
import dev.trestle.relay.ledger.tx.TransactionBody.RegisterChain;
import dev.trestle.relay.ledger.tx.TransactionBody.UpdateClient;
import dev.trestle.sdk.Api;
import dev.trestle.sdk.HubException;
import dev.trestle.sdk.RelaySigner;
import java.util.List;

/** Litecoin joins the running hub through one signed registration. */
final class RegisterJob {
  private static final String JOB = "register";
  private static final Amount LIMIT = Amount.of(100_000_000_000_000L);

  /** Bytes of a block header; bytes 4 to 35 name the parent. */
  private static final int HEADER = 80;

  private final Devnet network;
  private final DemoPrinter out;

  RegisterJob(Devnet network, DemoPrinter out) {
    this.network = network;
    this.out = out;
  }

  /** Runs to the end; gives the chain's status. */
  String activate() {
    ChainAdapter adapter = network.addChain(network.litecoinEntry());
    RelaySigner signer =
        new RelaySigner(
            network.hub(), network.genesis().chainId(), network.files().key("operator-relay"));
    RegisterChain registration =
        network.registrations().proofOfWork(adapter, "litecoin", Devnet.CONFIRMATIONS, LIMIT);
    requireRefused("a registration with a tampered header", signer, tampered(registration));
    Api.TransactionReceipt receipt = signer.submit(registration);
    out.note(JOB, "litecoin is registered by relay transaction " + receipt.id());
    requireRefused("a tampered live header", signer, tampered(adapter));
    network.awaitActive(Devnet.LITECOIN);
    Api.Chain chain = network.hub().chain(Devnet.LITECOIN.toString());
    out.note(
        JOB,
        "the validators verified live headers up to %d: litecoin is %s"
            .formatted(chain.client().height(), chain.status()));
    return chain.status();
  }

  /** The same registration, approved as well, with another parent in its last sample header. */
  private RegisterChain tampered(RegisterChain registration) {
    byte[] sample = registration.sample().toArray();
    sample[sample.length - HEADER + 10] ^= 1;
    return network
        .registrations()
        .approve(
            new RegisterChain(
                registration.chain(),
                registration.name(),
                registration.adapterId(),
                registration.clientType(),
                registration.anchor(),
                registration.confirmations(),
                registration.bridgeContract(),
                Bytes.wrap(sample),
                registration.limits(),
                List.of()));
  }

  private static UpdateClient tampered(ChainAdapter adapter) {
    RawHeader latest = Async.await(adapter.headers().latest());
    byte[] header = latest.raw().toArray();
    header[10] ^= 1;
    return new UpdateClient(
        Devnet.LITECOIN, new BitcoinFamily().client().encodeUpdate(List.of(Bytes.wrap(header))));
  }

  private void requireRefused(String what, RelaySigner signer, TransactionBody body) {
    try {
      signer.submit(body);
    } catch (HubException refused) {
      out.note(JOB, what + " is refused: " + refused.code());
      return;
    }
    throw new DevnetException(what + " was accepted");
  }
}
