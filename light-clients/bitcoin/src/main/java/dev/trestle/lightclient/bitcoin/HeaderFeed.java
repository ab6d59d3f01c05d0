package dev.trestle.lightclient.bitcoin;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Verdict;
import dev.trestle.lightclient.Budget;
import dev.trestle.lightclient.RejectionCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Connects the headers of one message to a chain, of a signet each with its solution (BIP-325). All
 * work is charged before any is done.
 *
 * <p>Rejects with {@code budget-exceeded} (more work than the budget has), {@code malformed} (a
 * {@link SignetHeader} that does not decode) and the codes of {@link HeaderMessage}, {@link
 * HeaderChain} and {@link SignetSolution}.
 */
final class HeaderFeed {
  private final HeaderRules rules;
  private final Optional<SignetChallenge> challenge;
  private final Budget budget;

  /**
   * @param challenge that every header must solve
   */
  HeaderFeed(HeaderRules rules, Optional<SignetChallenge> challenge, Budget budget) {
    this.rules = rules;
    this.challenge = challenge;
    this.budget = budget;
  }

  /** How many of the headers were new. */
  Verdict<Integer> connect(HeaderChain chain, Bytes message, long nowSeconds) {
    return challenge
        .map(asked -> signet(chain, message, asked, nowSeconds))
        .orElseGet(() -> plain(chain, message, nowSeconds));
  }

  private Verdict<Integer> plain(HeaderChain chain, Bytes message, long nowSeconds) {
    return HeaderMessage.split(message)
        .then(
            raw -> {
              if (!budget.charge(raw.size() * rules.parameters().powHash().units())) {
                return tooMuch(raw.size());
              }
              int added = 0;
              for (Bytes each : raw) {
                Verdict<Boolean> outcome = chain.connect(BlockHeader.of(each), nowSeconds);
                if (!(outcome instanceof Verdict.Accepted<Boolean>(Boolean isNew))) {
                  return outcome.then(never -> Verdict.accept(0));
                }
                added += isNew ? 1 : 0;
              }
              return Verdict.accept(added);
            });
  }

  private Verdict<Integer> signet(
      HeaderChain chain, Bytes message, SignetChallenge asked, long nowSeconds) {
    return HeaderMessage.splitSignet(message)
        .then(
            raw -> {
              long units = raw.size() * rules.parameters().powHash().units();
              for (Bytes each : raw) {
                units += SignetSolution.units(asked, each.size());
              }
              return budget.charge(units) ? decoded(raw) : tooMuch(raw.size());
            })
        .then(
            headers -> {
              int added = 0;
              for (SignetHeader each : headers) {
                Verdict<Boolean> outcome =
                    chain.connect(
                        each.header(),
                        nowSeconds,
                        stored ->
                            SignetSolution.verify(each, asked)
                                .then(solved -> Verdict.accept(stored)));
                if (!(outcome instanceof Verdict.Accepted<Boolean>(Boolean isNew))) {
                  return outcome.then(never -> Verdict.accept(0));
                }
                added += isNew ? 1 : 0;
              }
              return Verdict.accept(added);
            });
  }

  private static Verdict<List<SignetHeader>> decoded(List<Bytes> raw) {
    List<SignetHeader> headers = new ArrayList<>(raw.size());
    for (Bytes each : raw) {
      try {
        headers.add(SignetHeader.decode(each));
      } catch (DecodeException e) {
        return Verdict.reject(RejectionCode.MALFORMED, String.valueOf(e.getMessage()));
      }
    }
    return Verdict.accept(headers);
  }

  private static <T> Verdict<T> tooMuch(int headers) {
    return Verdict.reject(RejectionCode.BUDGET_EXCEEDED, headers + " headers");
  }
}
