// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {TrestleHtlc} from "../../main/solidity/TrestleHtlc.sol";
import {HtlcBase} from "../../main/solidity/HtlcBase.sol";
import {HtlcBatches} from "../../main/solidity/HtlcBatches.sol";
import {CallbackToken, FeeToken, NoReturnToken, Receiver} from "./BadTokens.sol";
import {Vm} from "./Base.sol";
import {HtlcFixture} from "./HtlcFixture.sol";

/// @dev Many locks in one word.
contract HtlcBatchesTest is HtlcFixture {
    event Claimed(bytes32 indexed key, bytes32 indexed hash, bytes32 preimage);
    event ClaimSkipped(bytes32 indexed key, uint256 index);

    function all(uint256 n) private pure returns (uint256) {
        return (1 << n) - 1;
    }

    /// Every size takes, pays all but the last, and refunds that one.
    function testFuzz_locksClaimsAndRefunds(uint8 size, bool coin) public {
        uint256 n = 1 + uint256(size) % 128;
        HtlcBatches.Batch memory batch = batchOf(coin ? address(0) : address(token));
        (bytes32[] memory hashes, uint256[] memory claims, bytes32[] memory secrets) = manyOf(n, 100);
        bytes32[] memory ids = idsOf(batch, hashes, claims);
        bytes32 batchId = htlc.lockBatch{value: coin ? 100 * n : 0}(batch, hashes, claims);
        assertEq(batchId, batchIdOf(ids));
        for (uint256 i = 0; i < n; i++) {
            assertEq(stateOf(batchId, i), 1);
        }
        secrets[n - 1] = hashes[n - 1];
        vm.prank(STRANGER);
        htlc.claimFromBatch(batch, all(n - 1), secrets, claims);
        for (uint256 i = 0; i < n; i++) {
            assertEq(coin ? payeeOf(i).balance : token.balanceOf(payeeOf(i)), i == n - 1 ? 0 : 100);
            assertEq(stateOf(batchId, i), i == n - 1 ? 1 : 2);
        }
        vm.warp(EXPIRY);
        htlc.refundBatch(batch, hashes, claims);
        assertEq(coin ? REFUNDER.balance : token.balanceOf(REFUNDER), 100);
        assertEq(coin ? address(htlc).balance : token.balanceOf(address(htlc)), 0);
        assertEq(stateOf(batchId, n - 1), 3);
        assertEq(n == 128 ? 0 : htlc.batches(batchId) >> (2 * n), 0);
    }

    /// One claimer alone, with a path of the tree, at any place of a batch of any size.
    function testFuzz_anyLockCanBeClaimedAndRefundedAlone(uint8 size, uint8 which, bool late) public {
        uint256 n = 1 + uint256(size) % 128;
        uint256 i = which % n;
        HtlcBatches.Batch memory batch = batchOf(address(0));
        (bytes32[] memory hashes, uint256[] memory claims, bytes32[] memory secrets) = manyOf(n, 100);
        bytes32[] memory ids = idsOf(batch, hashes, claims);
        bytes32 batchId = htlc.lockBatch{value: 100 * n}(batch, hashes, claims);
        HtlcBase.Terms memory t = leafTerms(batch, hashes[i], claims[i]);
        TrestleHtlc.Place memory place = leafOf(ids, i);
        if (late) {
            vm.warp(EXPIRY);
            vm.expectRevert(abi.encodeWithSelector(HtlcBase.Expired.selector, EXPIRY));
            htlc.claimAt(secrets[i], t, place);
            htlc.refundAt(t, place);
            assertEq(REFUNDER.balance, 100);
        } else {
            vm.expectRevert(abi.encodeWithSelector(HtlcBase.NotExpired.selector, EXPIRY));
            htlc.refundAt(t, place);
            vm.expectEmit(true, true, true, true, address(htlc));
            emit Claimed(keyOf(batchId, i), hashes[i], secrets[i]);
            htlc.claimAt(secrets[i], t, place);
            assertEq(payeeOf(i).balance, 100);
            vm.expectRevert(abi.encodeWithSelector(HtlcBase.NotLocked.selector, keyOf(batchId, i)));
            htlc.claimAt(secrets[i], t, place);
        }
        uint256 others = htlc.batches(batchId) ^ uint256(late ? 3 : 2) << (2 * i);
        uint256 expected = type(uint256).max / 3;
        if (n < 128) expected &= (1 << (2 * n)) - 1;
        assertEq(others, expected & ~(uint256(3) << (2 * i)));
        assertEq(address(htlc).balance, 100 * (n - 1));
    }

    function test_skipsBadLocksAndReturnsTheRest() public {
        HtlcBatches.Batch memory batch = batchOf(address(0));
        (bytes32[] memory hashes, uint256[] memory claims,) = manyOf(8, 1 ether);
        hashes[1] = 0;
        claims[2] = claimOf(payeeOf(2), 0);
        claims[3] = claimOf(address(0), 1 ether);
        claims[4] = claimOf(address(htlc), 1 ether);
        claims[6] = claimOf(payeeOf(6), 9 ether); // more than what is left
        bytes32[] memory ids = idsOf(batch, hashes, claims);
        bytes32 batchId = batchIdOf(ids);
        uint256 before = address(this).balance;
        vm.recordLogs();
        htlc.lockBatch{value: 7 ether}(batch, hashes, claims);
        checkOrder(ids, batchId);
        assertEq(before - address(this).balance, 3 ether);
        uint8[8] memory expected = [1, 0, 0, 0, 0, 1, 0, 1];
        for (uint256 i = 0; i < 8; i++) {
            assertEq(stateOf(batchId, i), expected[i]);
        }
        // one that was skipped can neither be claimed nor refunded
        HtlcBase.Terms memory skipped = leafTerms(batch, hashes[6], claims[6]);
        TrestleHtlc.Place memory place = leafOf(ids, 6);
        vm.expectRevert(abi.encodeWithSelector(HtlcBase.NotLocked.selector, keyOf(batchId, 6)));
        htlc.claimAt(keccak256(abi.encode("batch secret", 6)), skipped, place);
        vm.warp(EXPIRY);
        vm.expectRevert(abi.encodeWithSelector(HtlcBase.NotLocked.selector, keyOf(batchId, 6)));
        htlc.refundAt(skipped, place);
        htlc.refundBatch(batch, hashes, claims);
        assertEq(REFUNDER.balance, 3 ether);
    }

    /// The leaves of the tree are in the logs, in their order.
    function checkOrder(bytes32[] memory ids, bytes32 batchId) private {
        Vm.Log[] memory logs = vm.getRecordedLogs();
        assertEq(logs.length, ids.length);
        for (uint256 i = 0; i < ids.length; i++) {
            assertEq(logs[i].topics[1], ids[i]);
            assertEq(abi.decode(logs[i].data, (bytes32)), batchId);
            bool locked = logs[i].topics[0] == keccak256("LockedInBatch(bytes32,bytes32)");
            assertTrue(locked || logs[i].topics[0] == keccak256("LockSkipped(bytes32,bytes32)"), "a leaf");
            assertEq(stateOf(batchId, i), locked ? 1 : 0);
        }
    }

    /// Somebody copies a batch out of the mempool and locks a part of it first: that is a present, and stops nothing.
    function testFuzz_whoLocksAPartFirstStopsNothing(uint8 part, bool claimed) public {
        uint256 some = 1 + uint256(part) % 5;
        HtlcBatches.Batch memory batch = batchOf(address(0));
        (bytes32[] memory hashes, uint256[] memory claims, bytes32[] memory secrets) = manyOf(6, 1 ether);
        vm.deal(STRANGER, some * 1 ether);
        vm.prank(STRANGER);
        bytes32 batchId = htlc.lockBatch{value: some * 1 ether}(batch, hashes, claims);
        if (claimed) htlc.claimAt(secrets[0], leafTerms(batch, hashes[0], claims[0]), leafOf(idsOf(batch, hashes, claims), 0));
        uint256 before = address(this).balance;
        assertEq(htlc.lockBatch{value: 6 ether}(batch, hashes, claims), batchId);
        assertEq(before - address(this).balance, (6 - some) * 1 ether);
        assertEq(address(htlc).balance, claimed ? 5 ether : 6 ether);
        for (uint256 i = 0; i < 6; i++) {
            assertEq(stateOf(batchId, i), claimed && i == 0 ? 2 : 1);
        }
        vm.expectRevert(abi.encodeWithSelector(HtlcBase.AlreadyUsed.selector, batchId));
        htlc.lockBatch{value: 6 ether}(batch, hashes, claims);
        htlc.claimFromBatch(batch, all(6), secrets, claims);
        assertEq(address(htlc).balance, 0);
        for (uint256 i = 0; i < 6; i++) {
            assertEq(payeeOf(i).balance, 1 ether);
        }
    }

    function test_claimSkipsWhatCannotBePaid() public {
        HtlcBatches.Batch memory batch = batchOf(address(0));
        (bytes32[] memory hashes, uint256[] memory claims, bytes32[] memory secrets) = manyOf(6, 1 ether);
        Receiver refusing = new Receiver();
        refusing.set(Receiver.Mode.REFUSE, htlc, "");
        Receiver bomb = new Receiver();
        bomb.set(Receiver.Mode.BOMB, htlc, "");
        claims[1] = claimOf(address(refusing), 1 ether);
        claims[2] = claimOf(address(bomb), 1 ether);
        bytes32[] memory ids = idsOf(batch, hashes, claims);
        bytes32 batchId = htlc.lockBatch{value: 6 ether}(batch, hashes, claims);
        htlc.claimAt(secrets[3], leafTerms(batch, hashes[3], claims[3]), leafOf(ids, 3));
        secrets[5] = hashes[5];
        vm.expectEmit(true, true, true, true, address(htlc));
        emit ClaimSkipped(keyOf(batchId, 1), 1);
        htlc.claimFromBatch(batch, all(5), secrets, claims);
        uint8[6] memory expected = [2, 1, 1, 2, 2, 1];
        for (uint256 i = 0; i < 6; i++) {
            assertEq(stateOf(batchId, i), expected[i]);
        }
        assertEq(payeeOf(3).balance, 1 ether);
        assertEq(address(htlc).balance, 3 ether);
        // what was skipped can be claimed alone, with all the gas
        htlc.claimAt(secrets[2], leafTerms(batch, hashes[2], claims[2]), leafOf(ids, 2));
        refusing.set(Receiver.Mode.ACCEPT, htlc, "");
        htlc.claimAt(secrets[1], leafTerms(batch, hashes[1], claims[1]), leafOf(ids, 1));
        assertEq(address(refusing).balance, 1 ether);
        assertEq(address(bomb).balance, 1 ether);
    }

    function test_aBlockedClaimerOfATokenIsSkipped() public {
        NoReturnToken usdt = new NoReturnToken();
        usdt.mint(address(this), 1_000);
        HtlcBatches.Batch memory batch = batchOf(address(usdt));
        (bytes32[] memory hashes, uint256[] memory claims, bytes32[] memory secrets) = manyOf(3, 100);
        bytes32 batchId = htlc.lockBatch(batch, hashes, claims);
        usdt.setBlocked(payeeOf(1), true);
        htlc.claimFromBatch(batch, 7, secrets, claims);
        assertEq(usdt.balanceOf(payeeOf(0)), 100);
        assertEq(usdt.balanceOf(payeeOf(2)), 100);
        assertEq(stateOf(batchId, 1), 1);
        vm.warp(EXPIRY);
        htlc.refundBatch(batch, hashes, claims);
        assertEq(usdt.balanceOf(REFUNDER), 100);
    }

    function test_refusesTermsThatCannotWork() public {
        (bytes32[] memory hashes, uint256[] memory claims,) = manyOf(2, 1);
        HtlcBatches.Batch memory batch = batchOf(address(0));
        vm.expectRevert(HtlcBase.BadBatch.selector);
        htlc.lockBatch{value: 2}(batch, new bytes32[](0), new uint256[](0));
        vm.expectRevert(HtlcBase.BadBatch.selector);
        htlc.lockBatch{value: 2}(batch, hashes, new uint256[](1));
        vm.expectRevert(HtlcBase.BadBatch.selector);
        htlc.lockBatch{value: 2}(batch, new bytes32[](129), new uint256[](129));
        vm.expectRevert(HtlcBase.BadBatch.selector);
        htlc.lockBatch(batch, hashes, claims); // without coins none is good
        batch.refunder = address(htlc);
        vm.expectRevert(HtlcBase.BadTerms.selector);
        htlc.lockBatch{value: 2}(batch, hashes, claims);
        batch = batchOf(address(0));
        batch.expiry = NOW;
        vm.expectRevert(abi.encodeWithSelector(HtlcBase.BadExpiry.selector, NOW));
        htlc.lockBatch{value: 2}(batch, hashes, claims);
        batch = batchOf(address(token));
        vm.expectRevert(abi.encodeWithSelector(HtlcBase.WrongValue.selector, 2, 0));
        htlc.lockBatch{value: 2}(batch, hashes, claims);
        batch = batchOf(address(0x70ce4));
        vm.expectRevert(abi.encodeWithSelector(HtlcBase.NoToken.selector, address(0x70ce4)));
        htlc.lockBatch(batch, hashes, claims);
    }

    function test_claimsAndRefundsNeedTheWholeBatch() public {
        HtlcBatches.Batch memory batch = batchOf(address(0));
        (bytes32[] memory hashes, uint256[] memory claims, bytes32[] memory secrets) = manyOf(3, 1 ether);
        bytes32[] memory ids = idsOf(batch, hashes, claims);
        bytes32 batchId = htlc.lockBatch{value: 3 ether}(batch, hashes, claims);
        vm.expectRevert(HtlcBase.BadBatch.selector);
        htlc.claimFromBatch(batch, 8, secrets, claims);
        vm.expectRevert(HtlcBase.BadBatch.selector);
        htlc.claimFromBatch(batch, 0, new bytes32[](0), new uint256[](0));
        claims[0] = claimOf(STRANGER, 1 ether);
        vm.expectRevert(abi.encodeWithSelector(HtlcBase.NotLocked.selector, batchIdOf(idsOf(batch, hashes, claims))));
        htlc.claimFromBatch(batch, 7, secrets, claims);
        claims[0] = claimOf(payeeOf(0), 1 ether);
        vm.expectRevert(abi.encodeWithSelector(HtlcBase.NotExpired.selector, EXPIRY));
        htlc.refundBatch(batch, hashes, claims);
        vm.warp(EXPIRY);
        vm.expectRevert(abi.encodeWithSelector(HtlcBase.Expired.selector, EXPIRY));
        htlc.claimFromBatch(batch, 7, secrets, claims);
        batch.expiry = EXPIRY - 1; // not the batch that was locked
        ids = idsOf(batch, hashes, claims);
        vm.expectRevert(abi.encodeWithSelector(HtlcBase.NotLocked.selector, batchIdOf(ids)));
        htlc.refundBatch(batch, hashes, claims);
        batch.expiry = EXPIRY;
        htlc.refundBatch(batch, hashes, claims);
        vm.expectRevert(abi.encodeWithSelector(HtlcBase.NotLocked.selector, batchId));
        htlc.refundBatch(batch, hashes, claims);
    }

    /// An inner node, another index, a longer or a shorter path: none is a place of the batch.
    function test_onlyALockStandsWhereALockStands() public {
        HtlcBatches.Batch memory batch = batchOf(address(0));
        (bytes32[] memory hashes, uint256[] memory claims, bytes32[] memory secrets) = manyOf(5, 1 ether);
        bytes32[] memory ids = idsOf(batch, hashes, claims);
        htlc.lockBatch{value: 5 ether}(batch, hashes, claims);
        HtlcBase.Terms memory t = leafTerms(batch, hashes[4], claims[4]);
        TrestleHtlc.Place memory place = leafOf(ids, 4);
        for (uint256 i = 0; i < 8; i++) {
            if (i == 4) continue;
            place.index = i;
            vm.expectRevert();
            htlc.claimAt(secrets[4], t, place);
        }
        place.index = 4;
        for (uint256 n = 0; n < 131; n++) {
            if (n == 5) continue;
            place.count = n;
            vm.expectRevert();
            htlc.claimAt(secrets[4], t, place);
        }
        place.count = 5;
        place.siblings = new bytes32[](2);
        vm.expectRevert(HtlcBase.BadPlace.selector);
        htlc.claimAt(secrets[4], t, place);
        place.siblings = new bytes32[](4);
        vm.expectRevert(HtlcBase.BadPlace.selector);
        htlc.claimAt(secrets[4], t, place);
        htlc.claimAt(secrets[4], t, leafOf(ids, 4));
        assertEq(address(htlc).balance, 4 ether);
    }

    function test_tokensThatDoNotBringTheSumLockNothing() public {
        FeeToken fee = new FeeToken();
        fee.mint(address(this), 1_000);
        fee.approve(address(htlc), 1_000);
        (bytes32[] memory hashes, uint256[] memory claims,) = manyOf(10, 100);
        vm.expectRevert(abi.encodeWithSelector(HtlcBase.WrongAmountReceived.selector, 990, 1_000));
        htlc.lockBatch(batchOf(address(fee)), hashes, claims);
        assertEq(fee.balanceOf(address(this)), 1_000);
        CallbackToken evil = new CallbackToken();
        evil.mint(address(this), 2_000);
        evil.approve(address(htlc), 2_000);
        (bytes32[] memory inner, uint256[] memory innerClaims,) = manyOf(2, 500);
        evil.setCall(abi.encodeCall(htlc.lockBatch, (batchOf(address(evil)), inner, innerClaims)));
        htlc.lockBatch(batchOf(address(evil)), hashes, claims);
        assertTrue(!evil.entered(), "entered");
        assertEq(evil.balanceOf(address(htlc)), 1_000);
    }

    /// Too little gas changes nothing; it never skips a lock.
    function testFuzz_gasCannotSkipALock(uint32 gasGiven) public {
        HtlcBatches.Batch memory batch = batchOf(address(0));
        (bytes32[] memory hashes, uint256[] memory claims, bytes32[] memory secrets) = manyOf(4, 1 ether);
        bytes32 batchId = htlc.lockBatch{value: 4 ether}(batch, hashes, claims);
        (bool done,) = address(htlc).call{gas: bound(gasGiven, 20_000, 400_000)}(
            abi.encodeCall(htlc.claimFromBatch, (batch, 15, secrets, claims))
        );
        for (uint256 i = 0; i < 4; i++) {
            assertEq(stateOf(batchId, i), done ? 2 : 1);
        }
    }
}
