package dev.trestle.relay.bench;

import dev.trestle.base.Bytes;
import dev.trestle.relay.node.TransactionRecord;

/** What clients ask a network for, again and again. */
interface Workload {
  /** Name in the rows of the report. */
  String id();

  /** For people. */
  String title();

  BenchValidator.Machine machine();

  /** Accounts without key, where the machine has accounts. */
  default int accounts() {
    return 0;
  }

  /** Clients that each have one operation open at a time. */
  int clients();

  /** Gets a running network ready, with real transactions. */
  void prepare(BenchNetwork network, Submitter submitter);

  /**
   * The next operation of a client, made beforehand where that is costly: what a client spends on
   * signing is not a validator's time.
   *
   * @param number how many this client has sent before
   */
  Bytes operation(int client, long number);

  /** Whether it had the effect that it was to have. */
  boolean isSuccess(TransactionRecord record);
}
