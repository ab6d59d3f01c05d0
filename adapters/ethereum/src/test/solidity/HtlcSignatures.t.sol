// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {TrestleHtlc} from "../../main/solidity/TrestleHtlc.sol";
import {HtlcBase} from "../../main/solidity/HtlcBase.sol";
import {HtlcBatches} from "../../main/solidity/HtlcBatches.sol";
import {Receiver} from "./BadTokens.sol";
import {HtlcFixture} from "./HtlcFixture.sol";
import {PermitToken, PhantomPermitToken} from "./HtlcTokens.sol";

/// @dev What claimers and payers sign.
contract HtlcSignaturesTest is HtlcFixture {
    address private constant SPONSOR = address(0x5109);
    address private constant COLD = address(0xC01D);
    uint256 private constant PAYER_KEY = 0xFA1E;

    event Redirected(bytes32 indexed key, address to, uint256 fee, address sponsor);

    function test_aSponsorClaimsForAFee() public {
        HtlcBase.Terms memory t = termsOf(address(0), 1 ether);
        bytes32 id = lock(t);
        TrestleHtlc.Sponsorship memory s = sponsored(id, COLD, 0.1 ether, SPONSOR);
        vm.expectRevert(abi.encodeWithSelector(HtlcBase.NotSponsor.selector, SPONSOR));
        htlc.claimFor(SECRET, t, own(), s);
        vm.expectEmit(true, true, true, true, address(htlc));
        emit Redirected(id, COLD, 0.1 ether, SPONSOR);
        vm.prank(SPONSOR);
        htlc.claimFor(SECRET, t, own(), s);
        assertEq(COLD.balance, 0.9 ether);
        assertEq(SPONSOR.balance, 0.1 ether);
        assertEq(claimer.balance, 0);
        assertEq(htlc.status(id), 2);
    }

    function test_withoutASponsorWhoeverSendsIsPaid() public {
        HtlcBase.Terms memory t = termsOf(address(token), 1_001);
        TrestleHtlc.Sponsorship memory s = sponsored(lock(t), claimer, 500, address(0));
        vm.prank(STRANGER);
        htlc.claimFor(SECRET, t, own(), s);
        assertEq(token.balanceOf(claimer), 501);
        assertEq(token.balanceOf(STRANGER), 500);
    }

    function test_worksInABatchAndAtADeposit() public {
        HtlcBatches.Batch memory batch = batchOf(address(0));
        bytes32[] memory hashes = new bytes32[](3);
        uint256[] memory claims = new uint256[](3);
        for (uint256 i = 0; i < 3; i++) {
            hashes[i] = hash;
            claims[i] = claimOf(claimer, 1 ether + i);
        }
        bytes32 batchId = htlc.lockBatch{value: 4 ether}(batch, hashes, claims);
        HtlcBase.Terms memory t = leafTerms(batch, hash, claims[2]);
        TrestleHtlc.Place memory place = leafOf(idsOf(batch, hashes, claims), 2);
        vm.prank(SPONSOR);
        htlc.claimFor(SECRET, t, place, sponsored(keyOf(batchId, 2), COLD, 2, SPONSOR));
        assertEq(COLD.balance, 1 ether);
        assertEq(SPONSOR.balance, 2);

        HtlcBase.Terms memory d = termsOf(address(0), 5 ether);
        vm.deal(htlc.depositAddress(d), 6 ether);
        vm.prank(SPONSOR);
        htlc.claimFor(SECRET, d, atDeposit(), sponsored(depositKey(idOf(d)), COLD, 1 ether, SPONSOR));
        assertEq(COLD.balance, 5 ether);
        assertEq(SPONSOR.balance, 1 ether + 2);
    }

    function test_refusesWhatWasNotSigned() public {
        HtlcBase.Terms memory t = termsOf(address(0), 1 ether);
        bytes32 id = lock(t);
        TrestleHtlc.Sponsorship memory s = sponsored(id, COLD, 0.1 ether, address(0));
        s.to = STRANGER;
        vm.expectRevert(HtlcBase.BadSignature.selector);
        htlc.claimFor(SECRET, t, own(), s);
        s = sponsored(id, COLD, 0.1 ether, address(0));
        s.fee += 1;
        vm.expectRevert(HtlcBase.BadSignature.selector);
        htlc.claimFor(SECRET, t, own(), s);
        s = sponsored(id, COLD, 0.1 ether, SPONSOR);
        s.sponsor = address(0);
        vm.expectRevert(HtlcBase.BadSignature.selector);
        htlc.claimFor(SECRET, t, own(), s);
        s = sponsored(id, COLD, 0.1 ether, address(0));
        s.deadline += 1;
        vm.expectRevert(HtlcBase.BadSignature.selector);
        htlc.claimFor(SECRET, t, own(), s);
        s = sponsored(id, COLD, 0.5 ether + 1, address(0));
        vm.expectRevert(abi.encodeWithSelector(HtlcBase.BadFee.selector, 0.5 ether + 1));
        htlc.claimFor(SECRET, t, own(), s);
        s = sponsored(id, address(htlc), 0, address(0));
        vm.expectRevert(HtlcBase.BadTerms.selector);
        htlc.claimFor(SECRET, t, own(), s);
        s = sponsored(id, COLD, 0, address(0));
        vm.expectRevert(HtlcBase.BadPreimage.selector);
        htlc.claimFor(keccak256("wrong"), t, own(), s);
        s.deadline = NOW + 5;
        (s.r, s.vs) = signHash(CLAIMER_KEY, claimHash(id, s));
        vm.warp(NOW + 6);
        vm.expectRevert(abi.encodeWithSelector(HtlcBase.SignatureExpired.selector, NOW + 5));
        htlc.claimFor(SECRET, t, own(), s);
        vm.warp(NOW + 5);
        htlc.claimFor(SECRET, t, own(), s);
        assertEq(COLD.balance, 1 ether);
    }

    function test_aContractClaimerNeedsNoSignature() public {
        HtlcBase.Terms memory t = termsOf(address(0), 1 ether);
        t.claimer = address(new Receiver());
        lock(t);
        TrestleHtlc.Sponsorship memory s = TrestleHtlc.Sponsorship(COLD, 0, address(0), EXPIRY, 0, 0);
        vm.expectRevert(HtlcBase.BadSignature.selector);
        htlc.claimFor(SECRET, t, own(), s);
        vm.prank(t.claimer);
        htlc.claimFor(SECRET, t, own(), s);
        assertEq(COLD.balance, 1 ether);
        t.amount = 2 ether;
        lock(t);
        vm.prank(t.claimer);
        htlc.refundTogether(t, own(), 0, 0);
        assertEq(REFUNDER.balance, 2 ether);
    }

    function test_bothTogetherRefundAtOnce() public {
        HtlcBase.Terms memory t = termsOf(address(0), 1 ether);
        bytes32 id = lock(t);
        (bytes32 r, bytes32 vs) = signHash(CLAIMER_KEY, refundHash(id));
        vm.prank(STRANGER);
        htlc.refundTogether(t, own(), r, vs);
        assertEq(REFUNDER.balance, 1 ether);
        assertEq(htlc.status(id), 3);
        vm.expectRevert(abi.encodeWithSelector(HtlcBase.NotLocked.selector, id));
        htlc.refundTogether(t, own(), r, vs);
        vm.expectRevert(abi.encodeWithSelector(HtlcBase.NotLocked.selector, id));
        claim(SECRET, t);
    }

    /// A signature for one place is good for no other, though the terms are the same.
    function test_aCooperativeRefundIsForOnePlace() public {
        HtlcBatches.Batch memory batch = batchOf(address(0));
        bytes32[] memory hashes = new bytes32[](2);
        uint256[] memory claims = new uint256[](2);
        (hashes[0], hashes[1]) = (hash, hash);
        (claims[0], claims[1]) = (claimOf(claimer, 1 ether), claimOf(claimer, 1 ether));
        bytes32[] memory ids = idsOf(batch, hashes, claims);
        bytes32 batchId = htlc.lockBatch{value: 2 ether}(batch, hashes, claims);
        HtlcBase.Terms memory t = termsOf(address(0), 1 ether);
        assertEq(ids[0], lock(t));
        (bytes32 r, bytes32 vs) = signHash(CLAIMER_KEY, refundHash(keyOf(batchId, 0)));
        TrestleHtlc.Place memory second = leafOf(ids, 1);
        vm.expectRevert(HtlcBase.BadSignature.selector);
        htlc.refundTogether(t, second, r, vs);
        vm.expectRevert(HtlcBase.BadSignature.selector);
        htlc.refundTogether(t, own(), r, vs);
        vm.expectRevert(HtlcBase.BadSignature.selector);
        htlc.refundTogether(t, atDeposit(), r, vs);
        htlc.refundTogether(t, leafOf(ids, 0), r, vs);
        assertEq(REFUNDER.balance, 1 ether);
        assertEq(stateOf(batchId, 0), 3);
        assertEq(stateOf(batchId, 1), 1);
    }

    function testFuzz_onlyTheClaimerGivesALockBack(uint256 key) public {
        key = bound(key, 1, type(uint128).max);
        if (key == CLAIMER_KEY) return;
        HtlcBase.Terms memory t = termsOf(address(0), 1 ether);
        bytes32 id = lock(t);
        (bytes32 r, bytes32 vs) = signHash(key, refundHash(id));
        vm.expectRevert(HtlcBase.BadSignature.selector);
        htlc.refundTogether(t, own(), r, vs);
    }

    function testFuzz_garbageIsNoSignature(bytes32 r, bytes32 vs) public {
        HtlcBase.Terms memory t = termsOf(address(0), 1 ether);
        lock(t);
        vm.expectRevert(HtlcBase.BadSignature.selector);
        htlc.refundTogether(t, own(), r, vs);
    }

    // ---- permit

    function permitted(PermitToken coin, uint256 value) private returns (address payer, uint8 v, bytes32 r, bytes32 s) {
        payer = vm.addr(PAYER_KEY);
        coin.mint(payer, value);
        (v, r, s) = vm.sign(PAYER_KEY, keccak256(abi.encode(payer, address(htlc), value, 0, EXPIRY)));
    }

    function test_aPermitLocksWithoutAnApproval() public {
        PermitToken coin = new PermitToken();
        (address payer, uint8 v, bytes32 r, bytes32 s) = permitted(coin, 700);
        HtlcBase.Terms memory t = termsOf(address(coin), 700);
        vm.prank(payer);
        htlc.lockWithPermit(t, EXPIRY, v, r, s);
        assertEq(htlc.status(idOf(t)), 1);
        claim(SECRET, t);
        assertEq(coin.balanceOf(claimer), 700);
    }

    /// Somebody sends the permit first, to make the lock fail: it does not.
    function test_aPermitThatWasSentBeforeIsNoFailure() public {
        PermitToken coin = new PermitToken();
        (address payer, uint8 v, bytes32 r, bytes32 s) = permitted(coin, 700);
        coin.permit(payer, address(htlc), 700, EXPIRY, v, r, s);
        vm.prank(payer);
        htlc.lockWithPermit(termsOf(address(coin), 700), EXPIRY, v, r, s);
        assertEq(coin.balanceOf(address(htlc)), 700);
    }

    /// The permit of another brings the caller nothing: the caller's tokens are pulled.
    function test_aPermitOfAnotherPullsNothing() public {
        PermitToken coin = new PermitToken();
        (, uint8 v, bytes32 r, bytes32 s) = permitted(coin, 700);
        vm.prank(STRANGER);
        vm.expectRevert(abi.encodeWithSelector(HtlcBase.TokenRefused.selector, address(coin)));
        htlc.lockWithPermit(termsOf(address(coin), 700), EXPIRY, v, r, s);
        assertEq(coin.balanceOf(vm.addr(PAYER_KEY)), 700);
    }

    /// As with WETH9, where a permit of anyone "succeeds": allowances that others gave cannot be used.
    function test_aPermitThatDoesNothingPullsNothing() public {
        PhantomPermitToken weth = new PhantomPermitToken();
        weth.mint(address(this), 700);
        weth.approve(address(htlc), type(uint256).max);
        vm.prank(STRANGER);
        vm.expectRevert(abi.encodeWithSelector(HtlcBase.TokenRefused.selector, address(weth)));
        htlc.lockWithPermit(termsOf(address(weth), 700), EXPIRY, 27, 0, 0);
        assertEq(weth.balanceOf(address(this)), 700);
        htlc.lockWithPermit(termsOf(address(weth), 700), EXPIRY, 27, 0, 0);
        assertEq(weth.balanceOf(address(htlc)), 700);
    }

    function test_aPermitIsForTokens() public {
        vm.expectRevert(abi.encodeWithSelector(HtlcBase.NoToken.selector, address(0)));
        htlc.lockWithPermit(termsOf(address(0), 1), EXPIRY, 27, 0, 0);
        vm.expectRevert(abi.encodeWithSelector(HtlcBase.NoToken.selector, address(0x70ce4)));
        htlc.lockWithPermit(termsOf(address(0x70ce4), 1), EXPIRY, 27, 0, 0);
    }
}
