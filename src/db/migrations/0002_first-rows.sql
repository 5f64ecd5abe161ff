-- The kinds of business that source 002 names, and the two roles that everything begins with.
INSERT INTO service_type (id, title_zh, title_en) VALUES
  (1, '车位', 'Parking space'), (2, '支付', 'Payment'), (3, '月卡', 'Monthly card'), (4, '车场', 'Car park'), (5, '优惠券', 'Coupon');
--> statement-breakpoint
INSERT INTO role (name, title, created_at) VALUES ('admin', '管理员', now()), ('developer', '开发者', now());
