"""Every address × who asks for it × what they get. A URL that is not in here fails the suite.

`in`: sent to sign in. 302: done, and sent on. 404: not there, or not for them, which is the same.
200 of a POST and 422: the form, or what it lacks, is shown again, since nothing was sent with it:
they may. Addresses are about Mei (for Mei herself, where it is about a person: Bo), her share, her
circle, her order line at Li's shop, and a request of Hua's to her; outside, about her persona and post.
`share_id=public` and the like name another attribute of `tests.web.street.Street`; `missing` is no id.

A page that stands here with POST alone answers GET with 405, and the other way round.
"""

from __future__ import annotations

from typing import Any

from tests.web.street import Street

# fmt: off
PAGES = """
#                                                                 out  Mei  Bo   Eve  Li   Mo

# The circle side
GET    circle:home                                                200  302  302  302  302  302
GET    circle:feed                                                in   200  200  200  200  200
GET    circle:new                                                 in   204  204  204  204  204
GET    circle:share                                               in   200  200  404  404  404
GET    circle:share                    share_id=public            in   200  200  200  200  200
GET    circle:share                    share_id=missing           in   404  404  404  404  404
POST   circle:comment                                             in   422  422  404  404  404
POST   circle:comment                  share_id=public            in   422  422  422  422  422
GET    circle:delete-comment                                      in   200  200  404  404  404
POST   circle:delete-comment                                      in   302  302  404  404  404
POST   circle:useful                                              in   302  302  404  404  404
GET    circle:audience                                            in   200  404  404  404  404
POST   circle:audience                                            in   422  404  404  404  404
POST   circle:hide                                                in   302  404  404  404  404
POST   circle:show                                                in   302  404  404  404  404
GET    circle:delete                                              in   200  404  404  404  404
POST   circle:delete                                              in   302  404  404  404  404
GET    circle:choose                                              in   200  200  200  200  200
GET    circle:who                                                 in   200  200  200  200  200
GET    circle:write                                               in   302  302  302  200  200
POST   circle:write                                               in   302  302  302  200  200
GET    circle:mine                                                in   200  200  200  200  200
GET    circle:past                                                in   200  200  200  200  200
POST   circle:past                                                in   200  200  200  200  200
GET    circle:choose-eyes                                         in   200  200  200  200  200
GET    circle:view-as                                             in   200  200  404  404  404
GET    circle:view-share-as                                       in   200  404  404  404  404
GET    circle:person                                              in   200  200  404  404  404
GET    circle:person                   person_id=missing          in   404  404  404  404  404
GET    circle:notices                                             in   200  200  200  200  200
POST   circle:not-now                                             in   302  404  404  404  404
GET    circle:photo                                               404  200  200  404  404  404
GET    circle:photo                    photo_id=public_photo      200  200  200  200  200  200
GET    circle:photo                    photo_id=missing           404  404  404  404  404  404

# The shop
GET    shop:front                                                 200  200  200  200  200  200
GET    shop:categories                                            200  200  200  200  200  200
GET    shop:listing                                               200  200  200  200  200  200
GET    shop:listing                    listing_id=missing         404  404  404  404  404  404
GET    shop:report                                                in   200  404  404  404  404
GET    shop:report                     listing_id=lamp            in   200  404  404  404  404
GET    shop:report                     listing_id=missing         in   404  404  404  404  404
POST   shop:report                                                in   422  404  404  404  404
GET    shop:buy                                                   in   200  200  200  200  200
POST   shop:buy                                                   in   422  422  422  422  422
GET    shop:merchant                                              200  200  200  200  200  200
GET    shop:orders                                                in   200  200  200  200  200
GET    shop:ask-refund                                            in   200  404  404  404  404
POST   shop:ask-refund                                            in   422  404  404  404  404
POST   shop:act                                                   in   302  404  404  404  404

# What was taken down of the things one bought
GET    recalls:list                                               in   200  200  200  200  200
GET    recalls:recall                                             in   404  404  404  404  404
POST   recalls:recall                                             in   404  404  404  404  404

# Numbers of what was checked and decided
GET    transparency:page                                          200  200  200  200  200  200
GET    transparency:csv                                           200  200  200  200  200  200

# A merchant's side of the shop
GET    merchant:home                                              in   200  200  200  302  200
GET    merchant:desk                                              in   404  404  404  200  404
GET    merchant:refuse-refund                                     in   404  404  404  200  404
POST   merchant:refuse-refund                                     in   404  404  404  200  404
POST   merchant:act                                               in   404  404  404  302  404
GET    merchant:listings                                          in   404  404  404  200  404
GET    merchant:new-listing                                       in   404  404  404  200  404
POST   merchant:new-listing                                       in   404  404  404  200  404
GET    merchant:edit-listing                                      in   404  404  404  200  404
POST   merchant:edit-listing                                      in   404  404  404  200  404
GET    merchant:quality                                           in   404  404  404  200  404
GET    merchant:reports                                           in   404  404  404  200  404
GET    merchant:hand-in                                           in   404  404  404  200  404
POST   merchant:hand-in                                           in   404  404  404  200  404
GET    merchant:report                                            in   404  404  404  200  404
GET    merchant:report                 report_id=missing          in   404  404  404  404  404
GET    merchant:report-file                                       in   404  404  404  200  404
GET    merchant:decisions                                         in   404  404  404  200  404
GET    merchant:decision                                          in   404  404  404  200  404
GET    merchant:decision               merchant_id=elsewhere      in   404  404  404  404  404
POST   merchant:decision                                          in   404  404  404  422  404
GET    merchant:decided                                           in   404  404  404  302  404
GET    merchant:swept                                             in   404  404  404  302  404

# Trusted merchants
GET    trusted:merchants                                          in   200  200  200  200  200

# Outside: what strangers write. Mei's post and photo, Eve's comment under it; Bo is Mei's friend, Li and
# Mo are led to the door
GET    outside:home                                               in   200  200  200  302  302
GET    outside:topic                                              in   200  200  200  302  302
POST   outside:follow-topic                                       in   302  302  302  302  302
GET    outside:search                                             in   200  200  200  302  302
GET    outside:as-stranger                                        in   200  200  200  302  302
GET    outside:photo                                              404  200  404  200  404  404
GET    outside:photo                   photo_id=photo             404  404  404  404  404  404
GET    outside:photo                   photo_id=missing           404  404  404  404  404  404
GET    outside:write                                              in   200  200  200  302  302
POST   outside:write                                              in   422  422  422  302  302
GET    outside:post                                               in   200  404  200  302  302
GET    outside:post                    post_id=eves_post          in   200  200  200  302  302
GET    outside:post                    post_id=missing            in   404  404  404  302  302
POST   outside:like                                               in   302  404  302  302  302
POST   outside:follow                                             in   302  404  302  302  302
POST   outside:away                                               in   302  404  302  302  302
POST   outside:withdraw                                           in   302  404  404  302  302
POST   outside:who-comments                                       in   302  404  404  302  302
GET    outside:delete                                             in   200  404  404  302  302
POST   outside:delete                                             in   302  404  404  302  302
POST   outside:comment                                            in   422  404  422  302  302
GET    outside:thread                                             in   200  404  200  302  302
GET    outside:thread                  comment_id=missing         in   404  404  404  302  302
GET    outside:remove-comment                                     in   200  404  200  302  302
GET    outside:remove-comment          comment_id=answered        in   200  404  404  302  302
POST   outside:remove-comment                                     in   302  404  302  302  302

# Outside: coming in, and who one is there
GET    outside:door                                               in   302  302  302  200  200
POST   outside:door                                               in   302  302  302  200  200
POST   outside:wait                                               in   302  302  302  302  302
GET    outside:begin                                              in   302  302  302  302  302
POST   outside:begin                                              in   302  302  302  302  302
GET    outside:mine                                               in   200  200  200  302  302
GET    outside:persona                                            in   200  200  200  302  302
POST   outside:persona                                            in   422  422  422  302  302
GET    outside:leave                                              in   200  200  200  302  302
POST   outside:leave                                              in   422  422  422  302  302
GET    outside:contacts                                           in   200  200  200  200  200
POST   outside:contacts                                           in   422  422  422  422  422
POST   outside:forget-contact                                     in   422  422  422  422  422
GET    outside:empty-contacts                                     in   200  200  200  200  200
POST   outside:empty-contacts                                     in   302  302  302  302  302

# Outside: other personas (for Mei herself: Eve's)
GET    outside:person                                             in   200  404  200  302  302
GET    outside:person                  persona_id=missing         in   404  404  404  302  302
GET    outside:greet                                              in   302  404  302  302  302
POST   outside:greet                                              in   422  404  422  302  302
GET    outside:avoid                                              in   200  404  200  302  302
POST   outside:avoid                                              in   302  404  302  302  302
GET    outside:avoided                                            in   200  200  200  200  200
POST   outside:stop-avoiding           mark=missing               in   404  404  404  302  302
GET    outside:report                                             in   404  404  200  302  302
POST   outside:report                                             in   404  404  422  302  302
GET    outside:tips                                               in   200  200  200  302  302

# Outside: letters between Mei and Eve
GET    outside:letters                                            in   200  200  200  302  302
GET    outside:notices                                            in   200  200  200  302  302
GET    outside:exchange                                           in   200  404  200  302  302
POST   outside:write-letter                                       in   422  404  422  302  302
GET    outside:decline                                            in   302  404  302  302  302
POST   outside:decline                                            in   302  404  302  302  302
GET    outside:know                                               in   200  404  200  302  302
POST   outside:know                                               in   422  404  422  302  302
GET    outside:erase-letter                                       in   200  404  404  302  302
POST   outside:erase-letter                                       in   302  404  404  302  302

# Friends
GET    friends:list                                               in   200  200  200  200  200
GET    friends:find                                               in   200  200  200  200  200
POST   friends:find                                               in   200  200  200  200  200
POST   friends:ask                                                in   200  200  200  200  200
GET    friends:requests                                           in   200  200  200  200  200
GET    friends:accept                                             in   200  404  404  404  404
POST   friends:accept                                             in   302  404  404  404  404
POST   friends:decline                                            in   302  404  404  404  404
POST   friends:withdraw                                           in   404  404  404  404  404
POST   friends:withdraw                request_id=request_out     in   302  404  404  404  404
GET    friends:invitations                                        in   200  200  200  200  200
POST   friends:invitations                                         in   302  302  302  302  302
GET    friends:code                                               in   200  404  404  404  404
POST   friends:revoke                                             in   302  404  404  404  404
GET    friends:invited                                            200  200  200  200  200  200
POST   friends:invited                                            200  200  200  302  302  302
GET    friends:blocked                                            in   200  200  200  200  200
GET    friends:friend                                             in   200  200  404  404  404
GET    friends:friend                  person_id=missing          in   404  404  404  404  404
POST   friends:rename                                             in   302  302  404  404  404
POST   friends:belong                                             in   302  302  404  404  404
POST   friends:mute                                               in   302  302  404  404  404
POST   friends:hide                                               in   302  302  404  404  404
GET    friends:unfriend                                           in   200  200  404  404  404
POST   friends:unfriend                                           in   302  302  404  404  404
GET    friends:block                                              in   200  200  200  200  200
POST   friends:block                                              in   302  302  302  302  302
POST   friends:unblock                                            in   404  404  404  404  404

# Circles
GET    circles:list                                               in   200  200  200  200  200
GET    circles:new                                                in   200  200  200  200  200
POST   circles:new                                                in   200  200  200  200  200
GET    circles:circle                                             in   200  404  404  404  404
GET    circles:change                                             in   200  404  404  404  404
POST   circles:change                                             in   200  404  404  404  404
GET    circles:members                                            in   200  404  404  404  404
POST   circles:members                                            in   302  404  404  404  404
GET    circles:delete                                             in   200  404  404  404  404
POST   circles:delete                                             in   302  404  404  404  404

# Me
GET    me:home                                                    in   200  200  200  200  200
GET    me:profile                                                 in   200  200  200  200  200
POST   me:profile                                                 in   200  200  200  200  200
GET    me:keys                                                    in   200  200  200  200  200
POST   me:keys                                                    in   200  200  200  200  200
POST   me:revoke-key                                              in   302  404  404  404  404

# Privacy
GET    privacy:home                                               in   200  200  200  200  200
GET    privacy:open                                               in   200  200  200  200  200
POST   privacy:open                                               in   200  200  200  200  200
GET    privacy:sharing                                            in   200  200  200  200  200
POST   privacy:sharing                                            in   200  200  200  200  200
POST   privacy:wait                                               in   302  302  302  302  302
POST   privacy:pause                                              in   302  302  302  302  302
POST   privacy:resume                                             in   302  302  302  302  302
GET    privacy:withdraw                                           in   200  200  200  200  200
POST   privacy:withdraw                                           in   302  302  302  302  302
GET    privacy:ledger                                             in   200  200  200  200  200
GET    privacy:data                                               in   200  200  200  200  200
POST   privacy:copy                                               in   200  200  200  200  200
GET    privacy:delete                                             in   200  200  200  200  200
POST   privacy:delete                                             in   200  200  200  200  200
GET    privacy:gone                                               200  200  200  200  200  200

# Accounts: signing up and in, telephone, password, second factor
GET    account_security                                           in   200  200  200  200  200
GET    account_welcome                                            in   200  200  200  200  200
GET    account_signup                                             200  302  302  302  302  302
POST   account_signup                                             200  302  302  302  302  302
GET    account_signup_password                                    200  302  302  302  302  302
POST   account_signup_password                                    200  302  302  302  302  302
GET    account_login                                              200  302  302  302  302  302
POST   account_login                                              200  302  302  302  302  302
GET    account_request_login_code                                 200  302  302  302  302  302
POST   account_request_login_code                                 200  302  302  302  302  302
GET    account_confirm_login_code                                 in   302  302  302  302  302
POST   account_confirm_login_code                                 in   302  302  302  302  302
POST   account_start_over                                         in   in   in   in   in   in
GET    account_logout                                             302  200  200  200  200  200
POST   account_logout                                             302  302  302  302  302  302
GET    account_inactive                                           200  200  200  200  200  200
GET    account_reauthenticate                                     in   403  403  403  403  403
POST   account_reauthenticate                                     in   403  403  403  403  403
GET    account_verify_phone                                       in   302  302  302  302  302
POST   account_verify_phone                                       in   302  302  302  302  302
GET    account_change_phone                                       in   200  200  200  200  200
POST   account_change_phone                                       in   200  200  200  200  200
GET    account_change_password                                    in   302  302  302  302  302
POST   account_change_password                                    in   302  302  302  302  302
GET    account_set_password                                       in   200  200  200  200  200
POST   account_set_password                                       in   200  200  200  200  200
GET    account_reset_password                                     200  in   in   in   in   in
POST   account_reset_password                                     200  in   in   in   in   in
GET    account_new_password                                       in   302  302  302  302  302
POST   account_new_password                                       in   302  302  302  302  302
POST   account_preferences                                        302  302  302  302  302  302
GET    mfa_index                                                  in   200  200  200  200  200
GET    mfa_authenticate                                           in   302  302  302  302  302
POST   mfa_authenticate                                           in   302  302  302  302  302
GET    mfa_reauthenticate                                         in   403  403  403  403  403
POST   mfa_reauthenticate                                         in   403  403  403  403  403
GET    mfa_activate_totp                                          in   200  200  200  200  200
POST   mfa_activate_totp                                          in   200  200  200  200  200
GET    mfa_deactivate_totp                                        in   404  404  404  404  404
POST   mfa_deactivate_totp                                        in   404  404  404  404  404
GET    mfa_view_recovery_codes                                    in   404  404  404  404  404
GET    mfa_generate_recovery_codes                                in   200  200  200  200  200
POST   mfa_generate_recovery_codes                                in   200  200  200  200  200
GET    mfa_download_recovery_codes                                in   404  404  404  404  404
POST   mfa_download_recovery_codes                                in   404  404  404  404  404
"""

API = """
#                                                                 out  Mei  Bo   Eve  Li   Mo
GET    api:circle_feed                                            401  200  200  200  200  200
GET    api:count_new                                              401  200  200  200  200  200
GET    api:shares_of_person                                       401  200  200  200  200  200
GET    api:notices                                                401  200  200  200  200  200
GET    api:unread_notices                                         401  200  200  200  200  200
POST   api:mark_notices_read                                      401  204  204  204  204  204
GET    api:my_shares                                              401  200  200  200  200  200
POST   api:create_share                                           401  201  404  404  422  422
GET    api:my_shares_as_seen_by                                   401  200  200  404  404  404
POST   api:change_past                                            401  200  200  200  200  200
GET    api:get_share                                              401  200  200  404  404  404
GET    api:get_share                   share_id=public            401  200  200  200  200  200
DELETE api:delete_share                                           401  204  404  404  404  404
POST   api:hide_share                                             401  200  404  404  404  404
POST   api:show_share                                             401  200  404  404  404  404
PUT    api:change_audience                                        401  200  404  404  404  404
GET    api:comments_of_share                                      401  200  200  404  404  404
POST   api:write_comment                                          401  201  201  404  404  404
DELETE api:delete_comment                                         401  204  204  404  404  404
PUT    api:mark_useful                                            401  422  204  404  404  404
DELETE api:unmark_useful                                          401  422  204  404  404  404
GET    api:categories                                             200  200  200  200  200  200
GET    api:listings                                               200  200  200  200  200  200
GET    api:tallies                                                401  200  200  200  200  200
GET    api:get_listing                                            200  200  200  200  200  200
GET    api:listing_evidence                                       401  200  200  200  200  200
GET    api:public_reviews                                         200  200  200  200  200  200
GET    api:merchants                                              200  200  200  200  200  200
GET    api:trusted_merchants                                      401  200  200  200  200  200
GET    api:get_merchant                                           200  200  200  200  200  200
GET    api:listings_of_merchant                                   200  200  200  200  200  200
GET    api:merchant_evidence                                      401  200  200  200  200  200
GET    api:find_by_handle                                         401  200  200  200  200  200
POST   api:find_by_phone                                          401  404  404  404  404  404
GET    api:friends                                                401  200  200  200  200  200
GET    api:get_friend                                             401  200  200  404  404  404
PATCH  api:change_friend                                          401  200  200  404  404  404
DELETE api:unfriend                                               401  204  204  404  404  404
GET    api:blocks                                                 401  200  200  200  200  200
POST   api:block                                                  401  204  204  204  204  204
DELETE api:unblock                                                401  204  204  204  204  204
GET    api:requests_in                                            401  200  200  200  200  200
GET    api:requests_out                                           401  200  200  200  200  200
POST   api:request_friend                                         401  422  422  201  201  201
POST   api:accept_request                                         401  204  404  404  404  404
POST   api:decline_request                                        401  204  404  404  404  404
DELETE api:withdraw_request                                       401  404  404  404  404  404
DELETE api:withdraw_request            request_id=request_out     401  204  404  404  404  404
GET    api:invitations                                            401  200  200  200  200  200
POST   api:make_invitation                                        401  201  201  201  201  201
DELETE api:revoke_invitation                                      401  204  404  404  404  404
GET    api:inviter                                                401  200  200  200  200  200
GET    api:circles                                                401  200  200  200  200  200
POST   api:create_circle                                          401  201  201  201  201  201
GET    api:get_circle                                             401  200  404  404  404  404
PATCH  api:change_circle                                          401  200  404  404  404  404
DELETE api:delete_circle                                          401  204  404  404  404  404
PUT    api:add_member                                             401  204  404  404  404  404
DELETE api:remove_member                                          401  204  404  404  404  404
GET    api:my_lines                                               401  200  200  200  200  200
POST   api:place_order                                            401  201  201  201  201  201
GET    api:lines_to_ask_about                                     401  200  200  200  200  200
GET    api:get_line                                               401  200  404  404  404  404
POST   api:confirm_line                                           401  200  404  404  409  404
POST   api:cancel_line                                            401  409  404  404  404  404
POST   api:request_refund                                         401  409  404  404  409  404
GET    api:transparency                                           200  200  200  200  200  200
GET    api:my_complaint                                           401  404  404  404  404  404
GET    api:my_complaint                listing_id=lamp            401  200  404  404  404  404
PUT    api:complain                                               401  200  404  404  404  404
DELETE api:take_back_complaint                                    401  204  204  204  204  204
GET    api:recalls                                                401  200  200  200  200  200
GET    api:recall                                                 401  404  404  404  404  404
PUT    api:choose_remedy                                          401  404  404  404  404  404
PUT    api:mark_gift                                              401  200  404  404  409  404
GET    api:my_merchants                                           401  200  200  200  200  200
GET    api:desk_lines                                             401  404  404  404  200  404
GET    api:proven_listings                                        401  404  404  404  200  404
GET    api:lab_reports                                            401  404  404  404  200  404
POST   api:hand_in_report                                         401  404  404  404  201  404
GET    api:lab_report                                             401  404  404  404  200  404
POST   api:add_report_file                                        401  415  415  415  415  415
GET    api:report_file                                            401  404  404  404  200  404
GET    api:decisions_about_shop                                   401  404  404  404  200  404
GET    api:statement_of_reasons                                   401  404  404  404  200  404
POST   api:appeal_against_decision                                401  404  404  404  409  404
GET    api:dsa_statements                                         401  404  404  404  404  200
POST   api:ship_line                                              401  409  404  404  409  404
POST   api:deliver_line                                           401  409  404  404  200  404
POST   api:cancel_sale                                            401  409  404  404  409  404
POST   api:answer_refund                                          401  409  404  404  409  404
GET    api:me                                                     401  200  200  200  200  200
PATCH  api:change_me                                              401  200  200  200  200  200
GET    api:sharing                                                401  200  200  200  200  200
PUT    api:set_sharing                                            401  200  200  200  200  200
GET    api:circle_side                                            401  200  200  200  200  200
PUT    api:wait_for_circles                                       401  422  422  422  422  422
DELETE api:stop_waiting_for_circles                               401  200  200  200  200  200
PUT    api:pause                                                  401  200  200  200  200  200
DELETE api:resume                                                 401  200  200  200  200  200
GET    api:consents                                               401  200  200  200  200  200
GET    api:consent_text                                           401  200  200  200  200  200
PUT    api:consent                                                401  200  200  200  200  200
GET    api:copy_of_data                                           401  200  200  200  200  200
POST   api:erase                                                  401  422  422  422  422  422
GET    api:tokens                                                 401  200  200  200  200  200
POST   api:create_token                                           401  201  201  201  201  201
DELETE api:delete_token                                           401  204  404  404  404  404
POST   api:upload_photo                                           401  415  415  415  415  415
GET    api:get_photo                                              404  200  200  404  404  404
GET    api:get_photo                   photo_id=public_photo      200  200  200  200  200  200
POST   api:take_in_batch                                          401  401  401  401  401  401

# Outside
GET    api:outside_hot                                            401  200  200  200  200  200
GET    api:outside_new                                            401  200  200  200  200  200
GET    api:outside_near                                           401  200  200  200  200  200
GET    api:outside_followed                                       401  200  200  200  200  200
GET    api:outside_search                                         401  200  200  200  200  200
GET    api:outside_my_posts                                       401  200  200  200  200  200
GET    api:outside_as_stranger                                    401  200  200  200  200  200
GET    api:outside_topics                                         401  200  200  200  200  200
PUT    api:outside_follow_topic                                   401  204  204  204  422  422
DELETE api:outside_unfollow_topic                                 401  204  204  204  422  422
POST   api:outside_write_post                                     401  201  201  201  422  422
GET    api:outside_post                                           401  200  404  200  404  404
GET    api:outside_post                post_id=missing            401  404  404  404  404  404
DELETE api:outside_delete_post                                    401  204  404  404  404  404
POST   api:outside_withdraw_post                                  401  200  404  404  404  404
POST   api:outside_show_post                                      401  200  404  404  404  404
PUT    api:outside_set_who_comments                               401  200  404  404  404  404
PUT    api:outside_like                                           401  422  404  204  422  422
DELETE api:outside_unlike                                         401  422  404  204  422  422
PUT    api:outside_follow_post                                    401  204  404  204  422  422
DELETE api:outside_unfollow_post                                  401  204  404  204  422  422
PUT    api:outside_put_away                                       401  422  404  204  422  422
DELETE api:outside_bring_back                                     401  422  404  204  422  422
POST   api:outside_upload_photo                                   401  415  415  415  415  415
GET    api:outside_photo                                          401  200  404  200  404  404
GET    api:outside_threads                                        401  200  404  200  404  404
POST   api:outside_write_comment                                  401  201  404  201  422  422
GET    api:outside_comment                                        401  200  404  200  404  404
DELETE api:outside_remove_comment                                 401  204  404  204  404  404
GET    api:outside_answers                                        401  200  404  200  404  404
GET    api:outside_persona                                        401  200  200  200  404  404
POST   api:outside_make_persona                                   401  422  422  422  422  422
PATCH  api:outside_change_persona                                 401  200  200  200  404  404
GET    api:outside_get_persona                                    401  200  404  200  404  404
GET    api:outside_posts_of                                       401  200  404  200  404  404
GET    api:outside_safety                                         401  200  404  200  404  404
GET    api:outside_avoided                                        401  200  200  200  200  200
PUT    api:outside_avoid                                          401  204  404  204  404  404
DELETE api:outside_stop_avoiding                                  401  404  404  404  404  404
POST   api:outside_report                                         401  422  404  204  404  404
GET    api:outside_hidden                                         401  200  200  200  200  200
POST   api:outside_hide                                           401  200  200  200  200  200
DELETE api:outside_empty_hidden                                   401  204  204  204  204  204
POST   api:outside_forget_number                                  401  204  204  204  204  204
GET    api:outside_door                                           401  200  200  200  200  200
PUT    api:outside_wait                                           401  422  422  422  422  422
DELETE api:outside_stop_waiting                                   401  200  200  200  200  200
GET    api:outside_consents                                       401  200  200  200  200  200
GET    api:outside_consent_text                                   401  200  200  200  200  200
PUT    api:outside_consent                                        401  200  200  200  200  200
GET    api:outside_copy                                           401  200  200  200  200  200
POST   api:outside_greet                                          401  422  404  422  404  404
GET    api:outside_exchange_with                                  401  200  404  200  404  404
GET    api:outside_exchanges                                      401  200  200  200  200  200
GET    api:outside_exchange                                       401  200  404  200  404  404
POST   api:outside_decline                                        401  422  404  404  404  404
POST   api:outside_mark_letters_read                              401  204  404  204  404  404
PUT    api:outside_wish                                           401  422  404  422  404  404
DELETE api:outside_unwish                                         401  200  404  200  404  404
GET    api:outside_letters                                        401  200  404  200  404  404
POST   api:outside_write_letter                                   401  201  404  201  404  404
DELETE api:outside_erase_letter                                   401  204  404  404  404  404
GET    api:outside_writing                                        401  200  200  200  200  200
GET    api:outside_notices                                        401  200  200  200  200  200
GET    api:outside_unread                                         401  200  200  200  200  200
POST   api:outside_mark_notices_read                              401  204  204  204  204  204

# Rollout, for staff
GET    api:quality_sweeps                                          401  404  404  404  404  200
POST   api:begin_sweep                                             401  404  404  404  404  201
GET    api:get_sweep                                               401  404  404  404  404  200
GET    api:sweep_findings                                          401  404  404  404  404  200
GET    api:sweep_sample                                            401  404  404  404  404  200
POST   api:draw_sample                                             401  404  404  404  404  409
PUT    api:judge_sample                                            401  404  404  404  404  409
POST   api:apply_sweep                                             401  404  404  404  404  409
POST   api:drop_sweep                                              401  404  404  404  404  200
POST   api:undo_sweep                                              401  404  404  404  404  409
GET    api:quality_reports                                         401  404  404  404  404  200
GET    api:quality_report                                          401  404  404  404  404  200
GET    api:quality_report_file                                     401  404  404  404  404  200
POST   api:verify_report                                           401  404  404  404  404  200
POST   api:refuse_report                                           401  404  404  404  404  200
GET    api:quality_appeals                                         401  404  404  404  404  200
GET    api:quality_appeal                                          401  404  404  404  404  200
POST   api:answer_appeal                                           401  404  404  404  404  200
GET    api:quality_complaints                                      401  404  404  404  404  200
POST   api:dismiss_complaints                                      401  404  404  404  404  200
GET    api:quality_claims                                          401  404  404  404  404  200
POST   api:finish_claim                                            401  404  404  404  404  404
GET    api:listing_standing                                        401  404  404  404  404  200
POST   api:decide_listing                                          401  404  404  404  404  201
GET    api:quality_shops                                           401  404  404  404  404  200
GET    api:shop_standing                                           401  404  404  404  404  200
POST   api:decide_shop                                             401  404  404  404  404  201
GET    api:quality_refunds                                         401  404  404  404  404  200
GET    api:get_sweep                   sweep_id=missing            401  404  404  404  404  404
GET    api:quality_report              report_id=missing           401  404  404  404  404  404
GET    api:quality_appeal              appeal_id=missing           401  404  404  404  404  404
GET    api:listing_standing            listing_id=missing          401  404  404  404  404  404
GET    api:shop_standing               merchant_id=missing         401  404  404  404  404  404
GET    api:features                                               401  404  404  404  404  200
GET    api:get_feature                                            401  404  404  404  404  200
GET    api:feature_log                                            401  404  404  404  404  200
POST   api:close_feature                                          401  404  404  404  404  200
POST   api:reopen_feature                                         401  404  404  404  404  422
POST   api:wind_down_feature                                      401  404  404  404  404  422
GET    api:feature_batches                                        401  404  404  404  404  200
POST   api:open_batch                                             401  404  404  404  404  201
POST   api:simulate_batch                                         401  404  404  404  404  200
POST   api:admit_waiting                                          401  404  404  404  404  422
PUT    api:change_batch                                           401  404  404  404  404  200
POST   api:pause_batch                                            401  404  404  404  404  200
POST   api:resume_batch                                           401  404  404  404  404  422
POST   api:remove_batch                                           401  404  404  404  404  204
"""
# fmt: on

STAFF = ("admin:",)
"""Everything under these names is for staff: others are sent to sign in, or told that they may not."""

FILES = {"api:openapi-json": 200, "api:openapi-view": 200, "api:api-root": 404, "records-schema": 200}
"""What is the same for everybody."""


def bodies(street: Street, role: str) -> dict[str, Any]:
    """What is sent along, so that the answer says whether they may and not that something is missing."""
    from kith.core.ids import write_id

    circle, other = write_id(street.circle.pk), write_id(street.person_for(role))
    return {
        "create_share": {"kind": "question", "text": "Which kettle?", "circle_ids": [circle]},
        "change_past": {"action": "hide"},
        "change_audience": {"circle_ids": [circle]},
        "write_comment": {"text": "How bright?"},
        "find_by_phone": {"phone": "+8613987654320"},
        "block": {"person_id": other},
        "request_friend": {"person_id": other},
        "create_circle": {"name": "Choir"},
        "place_order": {
            "listing_id": write_id(street.kettle.pk), "recipient": "Rosa", "phone": "13812345678",
            "region": "130600", "address": "Canary Lane 31",
        },
        "mark_gift": {"is_gift": True},
        "answer_refund": {"accept": True},
        "set_sharing": {"mode": "off"},
        "consent": {"given": False},
        "erase": {"handle": "somebody-else"},
        "choose_remedy": {"remedy": "refund"},
        "complain": {"reason": "broken", "words": "The lid"},
        "hand_in_report": {
            "standard": "GB 2626-2019", "laboratory": "A laboratory", "number": "R-2", "sample": "A kettle",
            "tested_on": "2026-01-31", "measures": {"filtration-salt": 96.5},
            "listings": [write_id(street.kettle.pk)],
        },
        "appeal_against_decision": {"words": "It boils."},
        "create_token": {"name": "a key", "scopes": ["circle:read"]},
        **bodies_outside(street),
        **bodies_of_staff(),
    }  # fmt: skip


def bodies_outside(street: Street) -> dict[str, Any]:
    from kith.core.ids import write_id

    post = write_id(street.post.pk)
    return {
        "outside_write_post": {"topic": "food", "text": "Who bakes bread at home?"},
        "outside_set_who_comments": {"who_comments": "none"},
        "outside_write_comment": {"text": "In which soil?"},
        "outside_make_persona": {"text_version": "1", "name": "River Stone"},
        "outside_change_persona": {"intro": "Somebody who likes gardens."},
        "outside_report": {"about": "post", "subject_id": post, "why": "selling"},
        "outside_hide": {"text": "13987651111"},
        "outside_forget_number": {"phone": "13987651111"},
        "outside_consent": {"given": False},
        "outside_greet": {"text": "Shall we talk of roses?"},
        "outside_write_letter": {"text": "They do well."},
    }  # fmt: skip


def bodies_of_staff() -> dict[str, Any]:
    why, everyone = {"why": "the test does it"}, {"kind": "everyone"}
    because = ("close_feature", "reopen_feature", "pause_batch", "resume_batch", "remove_batch")
    return dict.fromkeys(because, why) | {
        "wind_down_feature": {**why, "until": "2999-12-31"},
        "simulate_batch": everyone,
        "open_batch": {**why, **everyone},
        "change_batch": {**why, **everyone},
        "admit_waiting": {**why, "count": 1},
        "begin_sweep": {},
        "draw_sample": {"number": 3},
        "judge_sample": {"right": True},
        "apply_sweep": {},
        "drop_sweep": why,
        "undo_sweep": why,
        "verify_report": {"covers": []},
        "refuse_report": {"reason": "the test does it"},
        "answer_appeal": {"overturn": False, "reasons": "the test does it"},
        "decide_listing": {"act": "suspect", "words": "the test does it"},
        "decide_shop": {"act": "close", "words": "the test does it"},
    }


def queries(street: Street) -> dict[str, str]:
    from kith.core.ids import write_id
    from kith.core.paging import write_cursor

    return {
        "count_new": f"?since={write_cursor(street.now.isoformat(), 0)}",
        "tallies": f"?listing={write_id(street.kettle.pk)}",
        "merchants": "?source=host&external_id=Li%27s+kettles",
        "find_by_handle": "?handle=mei",
        "desk_lines": "?tray=on-the-way",
        "dsa_statements": "?since=2026-01-31",
        "outside_search": "?q=roses",
        "outside_writing": "?kind=post",
    }
