package dev.trestle.lightclient.bitcoin;

import dev.trestle.base.Amount;
import dev.trestle.base.Bytes;
import dev.trestle.base.ChainId;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.SchnorrSignature;
import dev.trestle.crypto.Secp256k1;
import dev.trestle.crypto.SecretKey;
import dev.trestle.lightclient.CustodyRules.Coin;
import dev.trestle.lightclient.CustodyRules.Committee;
import dev.trestle.lightclient.CustodyRules.DepositLock;
import dev.trestle.lightclient.CustodyRules.DepositTerms;
import dev.trestle.lightclient.CustodyRules.MemberSignatures;
import dev.trestle.lightclient.CustodyRules.Payout;
import dev.trestle.lightclient.CustodyRules.ReleasePlan;
import dev.trestle.lightclient.bitcoin.script.OutputScript;
import dev.trestle.lightclient.bitcoin.tx.TxOutput;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** A committee with its secrets, its deposits and its signatures. */
final class CustodyFixture {
  static final ChainId CHAIN = BitcoinNetworks.BITCOIN_REGTEST.chain();
  static final SecretKey DEPOSITOR = key("depositor");
  static final int REFUND_DELAY = 144;
  static final Bytes P2WPKH = OutputScript.p2wpkh(Digests.hash160(Bytes.utf8("recipient")));

  final TaprootCustody rules = new TaprootCustody();
  final List<SecretKey> secrets;
  final Committee committee;

  CustodyFixture(int members, int threshold) {
    secrets = IntStream.range(0, members).mapToObj(i -> key("member " + i)).toList();
    committee =
        new Committee(
            1, secrets.stream().map(each -> each.publicKey().xOnly()).toList(), threshold);
  }

  static SecretKey key(String name) {
    return SecretKey.derive(Bytes.utf8("custody test"), name);
  }

  static Hash32 hash(String text) {
    return Digests.sha256(Bytes.utf8(text));
  }

  static DepositTerms terms(String transfer) {
    return new DepositTerms(hash(transfer), DEPOSITOR.publicKey().xOnly(), REFUND_DELAY);
  }

  DepositLock deposit(String transfer) {
    return rules.depositLock(CHAIN, committee, terms(transfer)).orThrow();
  }

  Coin depositCoin(String transfer, long amount) {
    return new Coin(hash("tx of " + transfer), 1, Amount.of(amount), deposit(transfer));
  }

  Coin restingCoin(String name, long amount) {
    return new Coin(
        hash("tx of " + name), 0, Amount.of(amount), rules.restingLock(CHAIN, committee));
  }

  static Payout payout(String id, long amount) {
    return new Payout(hash(id), P2WPKH, Amount.of(amount));
  }

  ReleasePlan plan(List<Coin> coins, long amount, long feeRate) {
    return rules.plan(CHAIN, committee, coins, payout("release", amount), feeRate).orThrow();
  }

  List<SchnorrSignature> sign(ReleasePlan plan, int member) {
    return rules.signingDigests(committee, plan).stream()
        .map(digest -> sign(digest, secrets.get(member)))
        .toList();
  }

  static SchnorrSignature sign(Hash32 digest, SecretKey key) {
    return Secp256k1.instance().signSchnorr(digest, key, Hash32.ZERO);
  }

  List<MemberSignatures> signatures(ReleasePlan plan, int... members) {
    List<MemberSignatures> out = new ArrayList<>();
    for (int member : members) {
      out.add(new MemberSignatures(member, sign(plan, member)));
    }
    return out;
  }

  static List<TxOutput> spent(ReleasePlan plan) {
    return plan.inputs().stream()
        .map(coin -> new TxOutput(coin.amount().toLong(), coin.lock().script()))
        .toList();
  }
}
